import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BucketsNotEmpty, emptyBucket, refuseFilled } from '#infra/empty-buckets'
import { buckets } from '#test/contracts/buckets'

describe('buckets that go with their stack', () => {
  let opened: Awaited<ReturnType<typeof buckets>>
  beforeAll(async () => {
    opened = await buckets()
  })
  afterAll(() => opened?.close())

  it('are named while anything is left in them, and emptied of every version and mark', async () => {
    const { s3, fresh } = opened
    const [filled, empty] = [await fresh(), await fresh()]
    for (const Body of ['first', 'second'])
      await s3.send(new PutObjectCommand({ Bucket: filled, Key: 'a/b c.834', Body }))
    await s3.send(new PutObjectCommand({ Bucket: filled, Key: 'gone', Body: 'x' }))
    await s3.send(new DeleteObjectCommand({ Bucket: filled, Key: 'gone' }))
    await expect(refuseFilled(s3, [empty])).resolves.toBeUndefined()
    await expect(refuseFilled(s3, [empty, filled])).rejects.toThrow(BucketsNotEmpty)
    await expect(refuseFilled(s3, [empty, filled])).rejects.toThrow(new RegExp(`in ${filled},.*--empty-buckets`))
    expect(await emptyBucket(s3, filled)).toBe(4)
    expect(await emptyBucket(s3, filled)).toBe(0)
    await expect(refuseFilled(s3, [empty, filled])).resolves.toBeUndefined()
  })
})
