import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import type { Pointers } from '#domain/ports/pointers'

/** 412: it is another state; 409: somebody writes at this moment; 404: what was read is gone. */
const isOtherState = (error: unknown): boolean =>
  error instanceof S3ServiceException && [404, 409, 412].includes(error.$metadata.httpStatusCode ?? 0)

/** Pointers in the results bucket, by S3's conditional writes. */
export const pointers = (s3: S3Client, bucket: string): Pointers => ({
  async read(key) {
    try {
      const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      return { value: JSON.parse((await Body?.transformToString()) ?? ''), tag: ETag }
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  },
  async write(key, value, tag) {
    const condition = tag === undefined ? { IfNoneMatch: '*' } : { IfMatch: tag }
    const Body = JSON.stringify(value)
    try {
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json', ...condition }),
      )
      return true
    } catch (error) {
      if (isOtherState(error)) return false
      throw error
    }
  },
})
