import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectTaggingCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import * as z from 'zod'
import type { Files } from '#domain/ports/files'

/**
 * 404: no such object; 405: that version is the mark of a deletion. Not 403: `schedule` may list its buckets, so that a
 * refusal is one, and a file that we may not see is not one that its owner deleted.
 */
const missing = (error: unknown): boolean =>
  error instanceof S3ServiceException && [404, 405].includes(error.$metadata.httpStatusCode ?? 0)

/** Payers' files in the landing bucket. */
export const files = (s3: S3Client): Files => ({
  async head({ bucket, key, version }) {
    try {
      const found = await s3.send(
        new HeadObjectCommand({ Bucket: bucket, Key: key, ...(version ? { VersionId: version } : {}) }),
      )
      return { version: version ?? found.VersionId ?? 'null', bytes: found.ContentLength ?? 0 }
    } catch (error) {
      if (missing(error)) return undefined
      throw error
    }
  },
  async list(bucket, next) {
    const [KeyMarker, VersionIdMarker] =
      next === undefined ? [] : z.tuple([z.string(), z.string()]).parse(JSON.parse(next))
    const found = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, KeyMarker, VersionIdMarker }))
    const newest = (found.Versions ?? []).filter(({ IsLatest }) => IsLatest)
    const files = newest.map(({ Key = '', VersionId = 'null', Size = 0, LastModified }) => ({
      bucket,
      key: Key,
      version: VersionId,
      bytes: Size,
      landedAt: LastModified?.getTime() ?? 0,
    }))
    const more = found.IsTruncated && JSON.stringify([found.NextKeyMarker ?? '', found.NextVersionIdMarker ?? ''])
    return { files, ...(more ? { next: more } : {}) }
  },
  async read({ bucket, key, version }) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version }))
    if (!Body || !(Symbol.asyncIterator in Body))
      throw new Error(`S3 gave no body for version ${version} of a ${bucket} object`)
    return Body as AsyncIterable<Uint8Array>
  },
  async tags({ bucket, key, version }) {
    const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId: version }))
    return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]))
  },
  async writeTags({ bucket, key, version }, tags) {
    const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
    await s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId: version, Tagging: { TagSet } }))
  },
})
