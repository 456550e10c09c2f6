import { createHash } from 'node:crypto'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processors } from '#adapters/aws/processors'
import { pushProcessors } from '#cli/processors/push-processors'
import { configOfStack } from '#cli/rows/config-rows'
import { documentClient } from '#functions/aws-clients'
import { projectFolder } from '#local/project-folder'
import { type Emulated, emulated } from '#test/contracts/emulated'

const bucket = 'artifacts'
const config = join(projectFolder, 'config')
let emulator: Emulated
let s3: S3Client
let copy: string

beforeAll(async () => {
  emulator = await emulated()
  s3 = new S3Client({ ...emulator.config, forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  // Beside the originals, so that what they import is found.
  copy = await mkdtemp(join(projectFolder, '.mayfly', 'processors-'))
  await cp(join(config, 'processors'), copy, { recursive: true })
})
afterAll(async () => {
  s3?.destroy()
  await emulator?.stop()
  if (copy) await rm(copy, { recursive: true })
})

const keysIn = async () => (await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents?.map(({ Key }) => Key)

describe('pushing processors', () => {
  it('uploads each archive under its hash, and a pointer that launch can read', async () => {
    const pushed = await pushProcessors({ s3, bucket, folder: copy })
    expect(pushed.map(({ name, changed }) => ({ name, changed }))).toEqual([
      { name: 'claims', changed: true },
      { name: 'members', changed: true },
      { name: 'validator', changed: true },
    ])
    for (const { name, key, sha256, packages } of pushed) {
      expect(key).toBe(`processors/${name}/${sha256}.tar.gz`)
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
      expect(await processors(s3, bucket).latest(name)).toEqual({ name, key, sha256, packages })
    }
  })

  it('changes nothing the second time', async () => {
    const before = await keysIn()
    const pushed = await pushProcessors({ s3, bucket, folder: copy })
    expect(pushed.map(({ changed }) => changed)).toEqual([false, false, false])
    expect(await keysIn()).toEqual(before)
  })

  it('keeps the old archive when the code changes, and moves the pointer', async () => {
    const before = await processors(s3, bucket).latest('members')
    await writeFile(join(copy, 'members', 'main.ts'), "console.log('another')\n")
    const [pushed] = await pushProcessors({ s3, bucket, folder: copy, names: ['members'] })
    expect(pushed).toMatchObject({ name: 'members', changed: true })
    expect((await processors(s3, bucket).latest('members'))?.sha256).toBe(pushed?.sha256)
    expect(await keysIn()).toContain(before?.key)
  })

  it('says in the pointer what a processor runs on', async () => {
    const manifest = { name: 'members', description: 'compiled', packages: [], architectures: ['arm64'] }
    await writeFile(join(copy, 'members', 'processor.json'), JSON.stringify(manifest))
    await pushProcessors({ s3, bucket, folder: copy, names: ['members'] })
    expect((await processors(s3, bucket).latest('members'))?.architectures).toEqual(['arm64'])
  })

  it('refuses a name that is no processor', async () => {
    await expect(pushProcessors({ s3, bucket, folder: copy, names: ['x12'] })).rejects.toThrow(
      /^No processor x12 in .*; there are: claims, members, validator$/,
    )
  })
  it('config check finds an archive that was put there by other means, in this bucket only', async () => {
    const uri = (to: string, key: string) => `s3://${to}/processors/own/${key}.tar.gz@${'0'.repeat(64)}`
    const [there, absent, elsewhere] = [uri(bucket, 'there'), uri(bucket, 'absent'), uri('others', 'there')]
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'processors/own/there.tar.gz', Body: 'x' }))
    const db = documentClient(emulator.config)
    for (const TableName of ['payers', 'pools'])
      await db.send(
        new CreateTableCommand({
          ...{ TableName, BillingMode: 'PAY_PER_REQUEST' },
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      )
    for (const processor of [there, absent, elsewhere, 'members', 'nobody'])
      await db.send(new PutCommand({ TableName: 'payers', Item: { id: processor, processor } }))
    const tables = { PayerPriorityTable: 'payers', CapacityPoolsTable: 'pools', JobsTable: '', ScheduleTable: '' }
    const names = { ...tables, ArtifactsBucket: bucket, LandingBucket: '', ResultsBucket: '', InboxUrl: '' }
    const { hasProcessor } = await configOfStack({ db, s3, names, onAws: false })
    const found = [there, absent, elsewhere, 'members', 'nobody'].map(hasProcessor)
    expect(found).toEqual([true, false, false, true, false])
    db.destroy()
  })
})
