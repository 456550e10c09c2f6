import { createReadStream } from 'node:fs'
import { CopyObjectCommand, HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { OpenStack } from '#cli/aws/open-stack'
import { whyAwsFailed } from '#cli/aws/why-aws-failed'
import type { S3Object, Source } from '#cli/owners/submit-source'

/** What one CopyObject takes (S3's limit): 5 GiB. */
const MOST_COPIED = 5 * 1024 ** 3

/**
 * Up to this a file is one PutObject, above it a part of a multipart upload: what is lost of it is sent again, and a file
 * may be larger than 5 GiB. S3 takes 10,000 parts, so that those of more than 156 GiB grow. Four are held in memory.
 */
const PART = 16 * 1024 ** 2
const MOST_PARTS = 10_000
export const partSize = (bytes: number): number => Math.max(PART, Math.ceil(bytes / MOST_PARTS))

type Landed = { readonly bucket: string; readonly key: string; readonly version: string; readonly bytes: number }
type Landing = Pick<OpenStack, 's3' | 'asked'> & { readonly names: Pick<OpenStack['names'], 'LandingBucket'> }

/**
 * Uploads or copies a file into the landing bucket. `progress` hears how many bytes have arrived, after each part.
 * @returns the version that it became. @throws when it cannot be read or is too big.
 */
export const submitFile = async (
  { s3, names: { LandingBucket }, asked }: Landing,
  source: Source,
  key: string,
  progress: (sent: number) => void = () => {},
): Promise<Landed> => {
  const landing = { Bucket: LandingBucket, Key: key }
  const to = `s3://${LandingBucket}/${key}`
  const put = 'object' in source ? copied(s3, source.object, landing) : uploaded(s3, source, landing, progress)
  const { bytes, VersionId } = await put.catch((error) => {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    const because = whyAwsFailed(error, asked) ?? (name === 'Error' ? message : `${name}: ${message}`)
    throw new Error(`${source.name} could not be put to ${to}: ${because}`, { cause: error })
  })
  if (VersionId === undefined) throw new Error(`${LandingBucket} gave no version id for ${key}; it should be versioned`)
  return { bucket: LandingBucket, key, version: VersionId, bytes }
}

type Put = { readonly bytes: number; readonly VersionId?: string | undefined }

const uploaded = async (
  client: S3Client,
  { name, bytes }: { readonly name: string; readonly bytes: number },
  landing: S3Object,
  progress: (sent: number) => void,
): Promise<Put> => {
  const upload = new Upload({ client, params: { ...landing, Body: createReadStream(name) }, partSize: partSize(bytes) })
  upload.on('httpUploadProgress', ({ loaded = 0 }) => progress(loaded))
  const { VersionId } = await upload.done()
  return { bytes, VersionId }
}

const copied = async (s3: S3Client, from: S3Object, landing: S3Object): Promise<Put> => {
  const uri = `s3://${from.Bucket}/${from.Key}`
  const { ContentLength: bytes = 0, VersionId } = await s3.send(new HeadObjectCommand(from)).catch((error) => {
    // HEAD has no body: S3 cannot say more than the number.
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
    if (status === 404) throw new Error(`there is no bucket ${from.Bucket}, or no object ${from.Key} in it`)
    if (status === 403) throw new Error(`these credentials may not read ${uri}; they need s3:GetObject on it`)
    throw error
  })
  if (bytes > MOST_COPIED)
    throw new Error(
      `it has ${bytes} bytes, and one request copies ${MOST_COPIED}; use: aws s3 cp ${uri} s3://${landing.Bucket}/${landing.Key}`,
    )
  const version = VersionId === undefined ? '' : `?versionId=${encodeURIComponent(VersionId)}`
  const CopySource = `${from.Bucket}/${from.Key.split('/').map(encodeURIComponent).join('/')}${version}`
  // Tags are not copied: in the landing bucket only the launcher may write them.
  return { bytes, ...(await s3.send(new CopyObjectCommand({ ...landing, CopySource, TaggingDirective: 'REPLACE' }))) }
}
