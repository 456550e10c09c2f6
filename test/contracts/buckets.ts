import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import { emulated } from '#test/contracts/emulated'

/** An emulated S3, and a versioned bucket in it for the asking. */
export const buckets = async () => {
  const emulator = await emulated()
  const s3 = new S3Client({ ...emulator.config, forcePathStyle: true })
  let made = 0
  const fresh = async (): Promise<string> => {
    const Bucket = `bucket-${++made}`
    await s3.send(new CreateBucketCommand({ Bucket }))
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    return Bucket
  }
  return { s3, fresh, close: emulator.stop }
}
