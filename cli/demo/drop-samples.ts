import { join } from 'node:path'
import type { OpenStack } from '#cli/aws/open-stack'
import type { Dropped } from '#cli/demo/demo-violations'
import { registeredJob } from '#cli/owners/registered-job'
import { submitFile } from '#cli/owners/submit-file'
import { sourceOf } from '#cli/owners/submit-source'
import type { Manifest } from '#config/samples/generate-samples'
import { jobIdOf } from '#domain/job-id'

/** S3 may tell of an object a minute late, or more (lessons 6). */
const PATIENCE_MS = 180_000

/** A stack, as far as files are dropped into it. */
type Landing = Parameters<typeof submitFile>[0] & { readonly sources: Pick<OpenStack['sources'], 'table'> }

type Options = {
  readonly folder: string
  readonly manifest: Manifest
  readonly say: (line: string) => void
  readonly signal?: AbortSignal
}

/**
 * Puts the sample files into the landing bucket, one after the other in the manifest's order. S3 tells of two keys in
 * any order and a lane has that of registration, so each file waits until the one before it in its lane is registered.
 * @throws when that takes more than three minutes, or when stopped before
 */
export const dropSamples = async (stack: Landing, options: Options): Promise<Dropped[]> => {
  const { folder, manifest, say, signal } = options
  const dropped: Dropped[] = []
  for (const drop of manifest.drops) {
    const before = dropped.findLast(({ payerId, fileType }) => payerId === drop.payerId && fileType === drop.fileType)
    if (before) await untilRegistered(stack, before, signal)
    const { version, bytes } = await submitFile(stack, await sourceOf(join(folder, drop.file)), drop.key)
    say(`Dropped ${drop.key} (${Math.ceil(bytes / 1024)} KiB)`)
    dropped.push({ ...drop, versionId: version })
  }
  return dropped
}

const untilRegistered = async (stack: Landing, { key, versionId: version }: Dropped, signal?: AbortSignal) => {
  const id = jobIdOf({ bucket: stack.names.LandingBucket, key, version })
  if (await registeredJob(stack.sources.table, id, { deadline: Date.now() + PATIENCE_MS, signal })) return
  throw new Error(
    `${key} was dropped ${PATIENCE_MS / 60_000} minutes ago and is not registered; it should be within seconds: ` +
      'do the events of the landing bucket reach the inbox?',
  )
}
