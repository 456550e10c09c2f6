import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation'
import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3'

/** CloudFormation deletes a bucket only when no version of any object is left in it. */
export class BucketsNotEmpty extends Error {
  override readonly name = 'BucketsNotEmpty'
}

const STACK = 'Mayfly'

/** The stack's buckets, by name. */
export const bucketsOf = async (client: CloudFormationClient): Promise<string[]> => {
  const names: string[] = []
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: STACK }))
    for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
      if (ResourceType === 'AWS::S3::Bucket' && PhysicalResourceId) names.push(PhysicalResourceId)
  return names
}

/** A thousand versions at most (S3's page), and the marks of deleted keys, which keep a bucket just as well. */
const versionsIn = async (s3: S3Client, Bucket: string, MaxKeys = 1000) => {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys }))
  return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }))
}

/** @throws BucketsNotEmpty, which names them */
export const refuseFilled = async (s3: S3Client, buckets: readonly string[]): Promise<void> => {
  const filled: string[] = []
  for (const bucket of buckets) if ((await versionsIn(s3, bucket, 1)).length > 0) filled.push(bucket)
  if (filled.length > 0)
    throw new BucketsNotEmpty(
      `Objects are left in ${filled.join(', ')}, and CloudFormation deletes empty buckets only. Say --empty-buckets to delete every version of every object in them, for good, before the stack.`,
    )
}

/** Deletes every version of every object, for good. Returns how many. @throws Error when S3 keeps one */
export const emptyBucket = async (s3: S3Client, Bucket: string): Promise<number> => {
  let deleted = 0
  for (let Objects = await versionsIn(s3, Bucket); Objects.length > 0; Objects = await versionsIn(s3, Bucket)) {
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
    const [kept] = Errors
    if (kept)
      throw new Error(`S3 keeps ${Errors.length} objects of ${Bucket}, the first for ${kept.Code}: ${kept.Message}`)
    deleted += Objects.length
  }
  return deleted
}
