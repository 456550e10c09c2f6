import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Screen } from '#cli/demo-screen'
import { type DemoResult, demoResult } from '#cli/demo-summary'
import { dropSamples } from '#cli/drop-samples'
import type { OpenStack } from '#cli/open-stack'
import { isQuiescent } from '#cli/quiescence'
import { watchJobs } from '#cli/watch-jobs'
import { generateSamples } from '#config/samples/generate-samples'
import { jobIdOf } from '#domain/job-id'

type Options = {
  readonly folder: string
  readonly seed: number
  readonly members: number
  readonly timeoutMinutes: number
  readonly keep: boolean
  readonly say: (line: string) => void
  readonly screen: Screen
  readonly signal: AbortSignal
}

/** Drops the sample files, watches until everything that can end has ended, and judges. @throws when stopped before. */
export const runDemo = async (stack: OpenStack, options: Options): Promise<DemoResult> => {
  const { seed, members, say, screen, signal } = options
  const samples = join(options.folder, 'samples')
  say(`Generating the sample files (seed ${seed}, ${members} members)`)
  const manifest = await generateSamples({ outDir: samples, seed, members })
  signal.throwIfAborted()
  const began = Date.now()
  const drops = await dropSamples(stack, { folder: samples, manifest, say })
  if (!options.keep) await rm(samples, { recursive: true, force: true })
  const bucket = stack.names.LandingBucket
  const expected = drops.map(({ key, versionId: version }) => jobIdOf({ bucket, key, version }))
  const seen = await watchJobs(stack, {
    show: ({ jobs }) => screen.show(jobs, Date.now()),
    isDone: ({ jobs, instances }) => isQuiescent(jobs, instances, expected),
    signal,
    deadline: began + options.timeoutMinutes * 60_000,
  })
  signal.throwIfAborted()
  return demoResult(stack, { drops, seen, began })
}
