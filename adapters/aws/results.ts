import { CopyObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Results } from '#domain/ports/results'

/** Runs, reports and outputs in the results bucket. */
export const results = (s3: S3Client, bucket: string): Results => ({
  async readJson(key) {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      return JSON.parse((await Body?.transformToString()) ?? '')
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  },
  async writeJson(key, value) {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(value), ContentType: 'application/json' }),
    )
  },
  async writeText(key, text) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'text/plain' }))
  },
  async copy(from, to) {
    const source = `${bucket}/${from.split('/').map(encodeURIComponent).join('/')}`
    await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource: source }))
  },
})
