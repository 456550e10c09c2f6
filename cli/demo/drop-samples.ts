import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { OpenStack } from '#cli/aws/open-stack'
import type { Dropped } from '#cli/demo/demo-violations'
import type { Manifest } from '#config/samples/generate-samples'
import { jobIdOf } from '#domain/job-id'
import * as keys from '#domain/schedule/keys'

const POLL_MS = 100
/** S3 may tell of an object a minute late, or more (lessons 6). */
const PATIENCE_MS = 180_000

/** A stack, as far as files are dropped into it. */
type Landing = {
  readonly s3: OpenStack['s3']
  readonly names: Pick<OpenStack['names'], 'LandingBucket'>
  readonly sources: Pick<OpenStack['sources'], 'table'>
}

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
export const dropSamples = async (
  { s3, names, sources: { table } }: Landing,
  { folder, manifest, say, signal }: Options,
): Promise<Dropped[]> => {
  const bucket = names.LandingBucket
  const registered = async ({ key, versionId: version }: Dropped) => {
    const deadline = Date.now() + PATIENCE_MS
    const item = keys.job(jobIdOf({ bucket, key, version }))
    while ((await table.items([item]))[0] === undefined) {
      signal?.throwIfAborted()
      if (Date.now() > deadline)
        throw new Error(
          `${key} was dropped ${PATIENCE_MS / 60_000} minutes ago and is not registered; it should be within seconds: ` +
            'do the events of the landing bucket reach the inbox?',
        )
      await pause(POLL_MS)
    }
  }
  const dropped: Dropped[] = []
  for (const drop of manifest.drops) {
    const before = dropped.findLast(({ payerId, fileType }) => payerId === drop.payerId && fileType === drop.fileType)
    if (before) await registered(before)
    const path = join(folder, drop.file)
    const { size } = await stat(path)
    const { VersionId } = await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: drop.key, Body: createReadStream(path), ContentLength: size }),
    )
    if (VersionId === undefined) throw new Error(`${bucket} gave no version id for ${drop.key}; it should be versioned`)
    say(`Dropped ${drop.key} (${Math.ceil(size / 1024)} KiB)`)
    dropped.push({ ...drop, versionId: VersionId })
  }
  return dropped
}
