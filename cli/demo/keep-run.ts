import { createWriteStream } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import type { OpenStack } from '#cli/aws/open-stack'
import type { DemoResult } from '#cli/demo/demo-summary'

/**
 * Copies what ends with the local AWS: outputs to `to`/outputs/<key of the file>/, and what the hypervisor knew of its
 * instances (records, consoles) to `to`/hypervisor.
 */
export const keepRun = async (
  { s3 }: Pick<OpenStack, 's3'>,
  { summary }: DemoResult,
  { stateFolder, to }: { stateFolder: string; to: string },
): Promise<void> => {
  for (const { key, bucket, prefix, names } of summary.outputs)
    for (const name of names) {
      const path = join(to, 'outputs', key, name)
      await mkdir(dirname(path), { recursive: true })
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${name}` }))
      if (Body instanceof Readable) await pipeline(Body, createWriteStream(path))
    }
  await cp(join(stateFolder, 'hypervisor'), join(to, 'hypervisor'), { recursive: true })
}
