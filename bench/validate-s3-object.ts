import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { files } from '#adapters/aws/files'
import { validateStream } from '#functions/validate/validate-stream'
import { peakMiB } from './peak-mib.ts'

/** Validates one object of a local S3 through the port that the function uses; prints time, peak memory and verdict. */
const main = async () => {
  const [endpoint = '', region = '', bucket = '', key = ''] = process.argv.slice(2)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  const { VersionId, ContentLength } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
  const started = performance.now()
  const file = { bucket, key, version: VersionId ?? 'null' }
  const { valid, bytesRead, counts } = await validateStream(await files(s3).read(file), {
    fileType: 'member',
    format: 'x12',
  })
  const seconds = (performance.now() - started) / 1000
  const outcome = { valid, whole: bytesRead === ContentLength, counts }
  process.stdout.write(JSON.stringify({ seconds, peakMiB: peakMiB(), outcome }))
}
void main()
