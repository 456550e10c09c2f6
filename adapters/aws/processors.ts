import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { Architecture } from '#domain/policy/instance-types'
import type { Processors } from '#domain/ports/processors'

const Pointer = z.object({
  name: z.string(),
  key: z.string(),
  sha256: z.string(),
  packages: z.array(z.string()),
  architectures: z.array(Architecture).optional(),
})

/** Pushed processors in the artifacts bucket. */
export const processors = (s3: S3Client, bucket: string): Processors => ({
  async latest(name) {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `processors/${name}/latest.json` }))
      return Pointer.parse(JSON.parse((await Body?.transformToString()) ?? ''))
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  },
})
