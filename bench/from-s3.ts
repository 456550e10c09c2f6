import { execFile } from 'node:child_process'
import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { build } from 'esbuild'
import { z } from 'zod'
import { projectFolder } from '#local/project-folder'
import { ownEmulator } from './emulator.ts'
import { machine } from './machine.ts'
import { writePayerFile } from './payer-file.ts'
import { validateAims } from './validate.ts'

const Found = z.object({ seconds: z.number(), peakMiB: z.number(), outcome: z.object({ valid: z.boolean() }).loose() })
const PART = 64 * 1024 * 1024

/**
 * A generated 834 in the bucket of a local S3, validated by a process of its own as the function does it. The emulator keeps
 * objects in memory: have two to three times the size free.
 */
export async function fromS3Bench({ megabytes }: { megabytes: number }, say: (line: string) => void) {
  const path = join(tmpdir(), `mayfly-bench-${process.pid}.834`)
  const program = join(tmpdir(), `mayfly-bench-${process.pid}.cjs`)
  const emulator = await ownEmulator()
  const s3 = new S3Client({ ...emulator.config, forcePathStyle: true })
  try {
    say(`generating ${megabytes} MB`)
    await writePayerFile(path, '834', megabytes * 1e6)
    const at = { Bucket: 'landing', Key: 'bench/member/large.834' }
    await s3.send(new CreateBucketCommand({ Bucket: at.Bucket }))
    say('uploading')
    const bytes = await upload(s3, at, path)
    const entryPoints = [join(projectFolder, 'bench', 'validate-s3-object.ts')]
    await build({ entryPoints, outfile: program, bundle: true, platform: 'node', format: 'cjs', target: 'node20' })
    say('validating')
    const { endpoint, region } = emulator.config
    const run = promisify(execFile)(process.execPath, [program, endpoint, region, at.Bucket, at.Key])
    const { seconds, peakMiB, outcome } = Found.parse(JSON.parse((await run).stdout))
    const figures = {
      bytes,
      seconds,
      mbs: Math.round(bytes / seconds / 1e6),
      peakMiB,
      aimMiB: validateAims.residentMiB,
    }
    return { machine: machine(), ...figures, ...outcome }
  } finally {
    s3.destroy()
    await emulator.stop()
    await rm(path, { force: true })
    await rm(program, { force: true })
  }
}

async function upload(s3: S3Client, at: { Bucket: string; Key: string }, path: string): Promise<number> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at))
  const file = await open(path)
  const parts: { PartNumber: number; ETag: string | undefined }[] = []
  let bytes = 0
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(PART), 0, PART, bytes)
      if (bytesRead === 0) break
      const PartNumber = parts.length + 1
      const { ETag } = await s3.send(
        new UploadPartCommand({ ...at, UploadId, PartNumber, Body: buffer.subarray(0, bytesRead) }),
      )
      parts.push({ PartNumber, ETag })
      bytes += bytesRead
    }
  } finally {
    await file.close()
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts } }))
  return bytes
}
