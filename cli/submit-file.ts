import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { CopyObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { OpenStack } from '#cli/open-stack'

/** What one PutObject and one CopyObject take (S3 limits): 5 GiB. */
const MOST_BYTES = 5 * 1024 ** 3

/** `s3://<bucket>/<key>`, or undefined for a path. */
export const s3Object = (source: string): { Bucket: string; Key: string } | undefined => {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(source) ?? []
  return Bucket !== undefined && Key !== undefined ? { Bucket, Key } : undefined
}

const small = (source: string, bytes: number, to: string): number => {
  if (bytes <= MOST_BYTES) return bytes
  throw new Error(
    `${source} has ${bytes} bytes, more than one request takes (${MOST_BYTES}); use: aws s3 cp ${source} ${to}`,
  )
}

/** Uploads or copies a file into the landing bucket. @returns the version that it became. @throws when it cannot be read or is too big. */
export const submitFile = async (
  { s3, names: { LandingBucket } }: Pick<OpenStack, 's3' | 'names'>,
  source: string,
  key: string,
): Promise<{ bucket: string; key: string; version: string; bytes: number }> => {
  const to = `s3://${LandingBucket}/${key}`
  const landing = { Bucket: LandingBucket, Key: key }
  const from = s3Object(source)
  const put = async () => {
    if (!from) {
      const { size } = await stat(source)
      const bytes = small(source, size, to)
      return {
        bytes,
        ...(await s3.send(new PutObjectCommand({ ...landing, Body: createReadStream(source), ContentLength: bytes }))),
      }
    }
    const { ContentLength = 0, VersionId } = await s3.send(new HeadObjectCommand(from))
    const bytes = small(source, ContentLength, to)
    const version = VersionId === undefined ? '' : `?versionId=${encodeURIComponent(VersionId)}`
    const CopySource = `${from.Bucket}/${from.Key.split('/').map(encodeURIComponent).join('/')}${version}`
    // Tags are not copied: in the landing bucket only the launcher may write them.
    return { bytes, ...(await s3.send(new CopyObjectCommand({ ...landing, CopySource, TaggingDirective: 'REPLACE' }))) }
  }
  const { bytes, VersionId } = await put().catch((error) => {
    throw new Error(
      `${source} could not be put to ${to}: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`,
    )
  })
  if (VersionId === undefined) throw new Error(`${LandingBucket} gave no version id for ${key}; it should be versioned`)
  return { bucket: LandingBucket, key, version: VersionId, bytes }
}
