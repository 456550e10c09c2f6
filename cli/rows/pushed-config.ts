import { GetObjectCommand, PutObjectCommand, S3ServiceException } from '@aws-sdk/client-s3'
import { z } from 'zod'
import type { OpenStack } from '#cli/aws/open-stack'
import type { Row, Rows } from '#cli/rows/config-changes'

/** Both tables as `mayfly config` last made them and the files the same. */
export type PushedConfig = { readonly payers: Rows; readonly pools: Rows }

const KEY = 'config/pushed.json'
const Kept = z.object({
  at: z.string(),
  who: z.string(),
  payers: z.record(z.string(), z.record(z.string(), z.unknown())),
  pools: z.record(z.string(), z.record(z.string(), z.unknown())),
})

type Bucket = Pick<OpenStack, 's3' | 'names'>

/** Nothing, where nobody has pushed yet. One GetObject of the artifacts bucket. */
export const pushedConfig = async ({ s3, names }: Bucket): Promise<PushedConfig> => {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: names.ArtifactsBucket, Key: KEY }))
    const { payers, pools } = Kept.parse(JSON.parse((await Body?.transformToString()) ?? ''))
    return { payers: asRows(payers), pools: asRows(pools) }
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)
      return { payers: new Map(), pools: new Map() }
    throw error
  }
}

/** Beside the processors, where instances may not read. The bucket is versioned: what stood there before can be seen. */
export const keepPushedConfig = async (
  { s3, names }: Bucket,
  { payers, pools }: PushedConfig,
  { who, at }: { readonly who: string; readonly at: string },
): Promise<void> => {
  const kept = { at, who, payers: Object.fromEntries(payers), pools: Object.fromEntries(pools) }
  const Body = `${JSON.stringify(kept, null, 2)}\n`
  await s3.send(
    new PutObjectCommand({ Bucket: names.ArtifactsBucket, Key: KEY, Body, ContentType: 'application/json' }),
  )
}

const asRows = (rows: Readonly<Record<string, Row>>): Rows => new Map(Object.entries(rows))
