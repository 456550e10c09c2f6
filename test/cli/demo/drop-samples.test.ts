import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, describe, expect, it } from 'vitest'
import { emptySchedule, scheduleTable, setItem } from '#adapters/memory/schedule-table'
import { dropSamples } from '#cli/demo/drop-samples'
import type { Drop } from '#config/samples/generate-samples'
import { jobIdOf } from '#domain/job-id'
import * as keys from '#domain/schedule/keys'

const folder = mkdtempSync(join(tmpdir(), 'mayfly-drop-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'a-file'), 'x')

const drop = (key: string): Drop => {
  const [payerId = '', fileType] = key.split('/')
  if (fileType !== 'member' && fileType !== 'claims') throw new Error(`${key} is of no type`)
  return { file: 'a-file', key, payerId, fileType, expect: 'succeeded', holds: { members: 1 } }
}

/** A bucket that says of each file what was registered when it came. */
const aStack = () => {
  const state = emptySchedule()
  const registered: string[] = []
  const came: { key: string; after: string[] }[] = []
  const register = (key: string) => {
    registered.push(key)
    const job = jobIdOf({ bucket: 'landing', key, version: key })
    const { payerId, fileType } = drop(key)
    setItem(state, keys.job(job), {
      ...{ job, bucket: 'landing', key, version: key, bytes: 1, payerId, fileType, fileName: key, order: '1' },
      ...{ status: 'registered', round: 1, turn: 0, registeredAt: 0 },
    })
  }
  const s3 = new S3Client({
    ...{ region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
    requestHandler: {
      async handle({ path }: { path: string }) {
        const key = path.slice('/landing/'.length)
        came.push({ key, after: [...registered] })
        return { response: { statusCode: 200, reason: '', headers: { 'x-amz-version-id': key }, body: undefined } }
      },
    },
  })
  return {
    came,
    register,
    stack: { s3, names: { LandingBucket: 'landing' }, asked: {}, sources: { table: scheduleTable(state) } },
  }
}
const options = (keys: string[]) => ({ folder, manifest: { seed: 1, drops: keys.map(drop) }, say: () => {} })

describe('the sample files', () => {
  it('wait until the one before them in their lane is registered, and for no other', async () => {
    const { came, register, stack } = aStack()
    const [claims, first, second] = ['acme/claims/c', 'acme/member/1', 'acme/member/2'] as const
    const dropped = dropSamples(stack, options([claims, first, second]))
    while (came.length < 2) await pause(5)
    register(claims)
    await pause(700)
    expect(came.map(({ key }) => key)).toEqual([claims, first])
    register(first)
    expect((await dropped).map(({ key, versionId }) => ({ key, versionId }))).toEqual(
      [claims, first, second].map((key) => ({ key, versionId: key })),
    )
    expect(came.at(-1)).toEqual({ key: second, after: [claims, first] })
  })

  it('are no longer dropped when somebody stops it', async () => {
    const { came, stack } = aStack()
    const stop = new AbortController()
    const dropped = dropSamples(stack, { ...options(['acme/member/1', 'acme/member/2']), signal: stop.signal })
    while (came.length < 1) await pause(5)
    stop.abort(new Error('enough'))
    await expect(dropped).rejects.toThrow('enough')
    expect(came).toHaveLength(1)
  })
})
