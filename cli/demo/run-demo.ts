import type { OpenStack } from '#cli/aws/open-stack'
import type { Screen } from '#cli/demo/demo-screen'
import { type DemoResult, demoResult } from '#cli/demo/demo-summary'
import { dropSamples } from '#cli/demo/drop-samples'
import { isQuiescent } from '#cli/demo/quiescence'
import type { JobRow } from '#cli/jobs/job-row'
import { watchJobs } from '#cli/jobs/watch-jobs'
import { generateSamples } from '#config/samples/generate-samples'
import { jobIdOf } from '#domain/job-id'

type Options = {
  /** Where the sample files go. */
  readonly samples: string
  readonly seed: number
  readonly members: number
  readonly timeoutMinutes: number
  readonly say: (line: string) => void
  readonly screen: Screen
  readonly signal: AbortSignal
}

/** Drops the sample files, watches until everything that can end has ended, and judges. @throws when stopped before. */
export const runDemo = async (stack: OpenStack, options: Options): Promise<DemoResult> => {
  const { samples, seed, members, say, screen, signal } = options
  say(`Generating the sample files (seed ${seed}, ${members} members)`)
  const manifest = await generateSamples({ outDir: samples, seed, members })
  signal.throwIfAborted()
  const began = Date.now()
  const drops = await dropSamples(stack, { folder: samples, manifest, say, signal })
  const bucket = stack.names.LandingBucket
  const expected = drops.map(({ key, versionId: version }) => jobIdOf({ bucket, key, version }))
  const place = new Map(expected.map((id, i) => [id, i]))
  const inDropOrder = (jobs: readonly JobRow[]) =>
    jobs.toSorted((a, b) => (place.get(a.jobId) ?? drops.length) - (place.get(b.jobId) ?? drops.length))
  const seen = await watchJobs(stack, {
    show: ({ jobs }) => screen.show(inDropOrder(jobs), Date.now()),
    isDone: ({ jobs, instances }) => isQuiescent(jobs, instances, expected),
    signal,
    deadline: began + options.timeoutMinutes * 60_000,
  })
  signal.throwIfAborted()
  return demoResult(stack, { drops, seen: { ...seen, jobs: inDropOrder(seen.jobs) }, began })
}
