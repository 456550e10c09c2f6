import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { OpenStack } from '#cli/aws/open-stack'
import type { Dropped } from '#cli/demo/demo-violations'
import type { Manifest } from '#config/samples/generate-samples'

/** Puts the sample files into the landing bucket, one after the other in the manifest's order. */
export const dropSamples = async (
  { s3, names }: Pick<OpenStack, 's3' | 'names'>,
  { folder, manifest, say }: { folder: string; manifest: Manifest; say: (line: string) => void },
): Promise<Dropped[]> => {
  const dropped: Dropped[] = []
  for (const drop of manifest.drops) {
    const path = join(folder, drop.file)
    const { size } = await stat(path)
    const { VersionId } = await s3.send(
      new PutObjectCommand({
        Bucket: names.LandingBucket,
        Key: drop.key,
        Body: createReadStream(path),
        ContentLength: size,
      }),
    )
    if (VersionId === undefined)
      throw new Error(`${names.LandingBucket} gave no version id for ${drop.key}; it should be versioned`)
    say(`Dropped ${drop.key} (${Math.ceil(size / 1024)} KiB)`)
    dropped.push({ ...drop, versionId: VersionId })
  }
  return dropped
}
