import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { processors as awsProcessors } from '#adapters/aws/processors'
import { results as awsResults } from '#adapters/aws/results'
import { processors as memoryProcessors } from '#adapters/memory/processors'
import { results as memoryResults } from '#adapters/memory/results'
import type { Processors, PushedProcessor } from '#domain/ports/processors'
import type { Results } from '#domain/ports/results'
import { buckets } from '#test/contracts/buckets'

type Objects = {
  results: Results
  textOf: (key: string) => Promise<string | undefined>
  processors: Processors
  push: (processor: PushedProcessor) => Promise<void>
}

const memory = async () => ({
  fresh: async (): Promise<Objects> => {
    const objects = new Map<string, string>()
    const pushed = new Map<string, PushedProcessor>()
    return {
      results: memoryResults(objects),
      textOf: async (key) => objects.get(key),
      processors: memoryProcessors(pushed),
      push: async (processor) => void pushed.set(processor.name, processor),
    }
  },
  close: async () => {},
})

const aws = async () => {
  const { s3, fresh, close } = await buckets()
  return {
    fresh: async (): Promise<Objects> => {
      const Bucket = await fresh()
      return {
        results: awsResults(s3, Bucket),
        textOf: async (Key) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString(),
        processors: awsProcessors(s3, Bucket),
        push: async (processor) => {
          const Key = `processors/${processor.name}/latest.json`
          await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(processor) }))
        },
      }
    },
    close,
  }
}

describe.each([
  { over: 'memory', open: memory },
  { over: 'S3', open: aws },
])('results and processors over $over', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let objects: Objects
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  beforeEach(async () => {
    objects = await opened.fresh()
  })

  // An instance's own folder: role id, a colon, instance id.
  const prefix = 'runs/AROATEST:i-0123/'

  it('JSON comes back as it was written last', async () => {
    await objects.results.writeJson(`${prefix}result.json`, { outcome: 'failed' })
    await objects.results.writeJson(`${prefix}result.json`, { outcome: 'succeeded', outputs: ['é'], none: null })
    expect(await objects.results.readJson(`${prefix}result.json`)).toEqual({
      ...{ outcome: 'succeeded', outputs: ['é'], none: null },
    })
  })

  it('JSON that is not there: undefined', async () => {
    await objects.results.writeJson(`${prefix}result.json.old`, {})
    expect(await objects.results.readJson(`${prefix}result.json`)).toBeUndefined()
  })

  it('an object that is no JSON is an error, not an absence', async () => {
    await objects.results.writeText(`${prefix}result.json`, '{"outcome":')
    await expect(objects.results.readJson(`${prefix}result.json`)).rejects.toThrow(SyntaxError)
  })

  it('text is written byte for byte', async () => {
    await objects.results.writeText(`${prefix}in/manifest`, 'member/é.json\n')
    expect(await objects.textOf(`${prefix}in/manifest`)).toBe('member/é.json\n')
  })

  it.each(['members.json', 'a b+c&é%20.json', 'deep/er.json'])('copies %s', async (name) => {
    await objects.results.writeText(`${prefix}out/${name}`, `content of ${name}`)
    await objects.results.copy(`${prefix}out/${name}`, `runs/AROATEST:i-9/in/member/${name}`)
    expect(await objects.textOf(`runs/AROATEST:i-9/in/member/${name}`)).toBe(`content of ${name}`)
    expect(await objects.textOf(`${prefix}out/${name}`)).toBe(`content of ${name}`)
  })

  it('copying what is not there is an error', async () => {
    await expect(objects.results.copy(`${prefix}out/none`, 'x')).rejects.toThrow()
  })

  it('a processor is what its pointer says; one that was never pushed is undefined', async () => {
    const members = { name: 'members', key: 'processors/members/ab.tar.gz', sha256: 'ab', packages: ['nodejs20'] }
    expect(await objects.processors.latest('members')).toBeUndefined()
    await objects.push({ ...members, sha256: 'older' })
    await objects.push(members)
    expect(await objects.processors.latest('members')).toEqual(members)
    expect(await objects.processors.latest('member')).toBeUndefined()
    await objects.push({ ...members, architectures: ['arm64'] })
    expect(await objects.processors.latest('members')).toEqual({ ...members, architectures: ['arm64'] })
  })
})
