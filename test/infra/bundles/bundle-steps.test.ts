import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bundle, bundleSteps, stepNames } from '#infra/bundles/bundle-steps'
import { diets, lean } from '#infra/bundles/lean'
import { projectFolder } from '#local/project-folder'
import { aimOf, clientsOf, fillsOf, kilobytesOf } from '../../../bench/bundles.ts'
import { startOf } from '../../../bench/start-up.ts'

/** The SDK's clients by function: exactly what its handler makes. */
const clients: Record<string, string[]> = {
  schedule: ['dynamodb', 'ec2', 'eventbridge', 's3', 'sfn', 'sqs'],
  validate: ['dynamodb', 's3'],
  launch: ['dynamodb', 'ec2', 's3', 'sfn'],
  progress: ['dynamodb', 's3'],
  reconfigure: ['sqs'],
  sweep: ['dynamodb', 'ec2', 's3', 'sfn', 'sqs'],
}

const applied = new Map<string, { files: number; changed: number }>()
let folder: string
let bundles: Bundle[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mayfly-test-bundles-'))
  bundles = await bundleSteps(folder, (diet, before, after) => {
    const { files, changed } = applied.get(diet) ?? { files: 0, changed: 0 }
    applied.set(diet, { files: files + 1, changed: changed + (before === after ? 0 : 1) })
  })
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))
const bundleOf = (step: string): Bundle => {
  const found = bundles.find((bundle) => bundle.step === step)
  if (!found) throw new Error(`no bundle of ${step}`)
  return found
}

describe('bundles', () => {
  it('there is one of every function', async () => {
    expect((await stepNames()).sort()).toEqual(Object.keys(clients).sort())
    expect(bundles.map(({ step }) => step).sort()).toEqual(Object.keys(clients).sort())
  })

  it.each(Object.entries(clients))('%s carries the clients that it calls, and no other', (step, wanted) =>
    expect(clientsOf(bundleOf(step))).toEqual(wanted.map((name) => `client-${name}`)),
  )

  it.each(Object.keys(clients))('%s is within its aim, and zod within 100 KB', (step) => {
    const bundle = bundleOf(step)
    expect(kilobytesOf(bundle)).toBeLessThanOrEqual(aimOf(clientsOf(bundle)).kilobytes)
    const zod = fillsOf(bundle).find(({ name }) => name === 'zod')
    // `import { z } from 'zod'` takes all of it, languages included: 440 KB. `import * as z` takes what is used.
    expect(zod?.kilobytes).toBeLessThan(100)
  })

  it('each starts on its own, with nothing but its environment', async () => {
    for (const { ms, megabytes } of await startOf(bundles, 1)) expect([ms > 0, megabytes < 256]).toEqual([true, true])
  }, 60_000)
})

describe('what was left out', () => {
  it('no error that our code asks for by its class', async () => {
    const text = async (step: string) => readFile(join(bundleOf(step).folder, 'index.js'), 'utf8')
    const [schedule, launch, validate] = await Promise.all(['schedule', 'launch', 'validate'].map(text))
    for (const name of ['ExecutionAlreadyExists', 'TaskDoesNotExist', 'TaskTimedOut', 'TransactionCanceledException'])
      expect(schedule?.includes(`name:"${name}"`), name).toBe(true)
    expect(launch?.includes('name:"TransactionCanceledException"')).toBe(true)
    expect(validate?.includes('name:"NoSuchKey"')).toBe(true)
    // The rest comes by its name alone.
    for (const name of ['BackupInUseException', 'BucketAlreadyExists'])
      expect(schedule?.includes(name), name).toBe(false)
  })

  it.each([
    { error: 'ResourceNotFoundException', body: { message: 'no such table' }, isNamed: false },
    {
      error: 'TransactionCanceledException',
      body: { Message: 'no', CancellationReasons: [{ Code: 'None' }] },
      isNamed: true,
    },
  ])('an error that is not asked for by its class comes by its name: $error', async ({ error, body, isNamed }) => {
    const server = createServer((_, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${error}`, ...body }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const entry = join(folder, 'errors.ts')
    await writeFile(
      entry,
      `import { DynamoDBClient, DynamoDBServiceException, GetItemCommand, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
       export const ask = async (endpoint: string) => {
         const credentials = { accessKeyId: 'x', secretAccessKey: 'x' }
         const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
         const error = await client.send(new GetItemCommand({ TableName: 't', Key: {} })).catch((error) => error)
         return {
           name: error.name, message: error.message, reasons: error.CancellationReasons,
           isService: error instanceof DynamoDBServiceException, isNamed: error instanceof TransactionCanceledException,
         }
       }`,
    )
    const outfile = join(folder, 'errors.cjs')
    const paths = { nodePaths: [join(projectFolder, 'node_modules')], mainFields: ['module', 'main'] }
    await build({
      ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
      ...paths,
      plugins: [lean()],
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    const found = await createRequire(import.meta.url)(outfile).ask(`http://127.0.0.1:${address.port}`)
    server.close()
    const reasons = 'CancellationReasons' in body ? body.CancellationReasons : undefined
    const message = 'message' in body ? body.message : body.Message
    expect(found).toEqual({ name: error, message, reasons, isService: true, isNamed })
  })

  it.each(diets.map(({ name }) => name))('%s still fits the packages as they are', (name) =>
    expect(applied.get(name)?.changed ?? 0).toBeGreaterThan(0),
  )

  it.each(['s3', 'dynamodb', 'sfn'])(
    'shapes of %s are the same by literal keys as by the SDK’s own',
    async (client) => {
      const entry = join(folder, `shapes-${client}.mjs`)
      await writeFile(entry, `export * from '@aws-sdk/client-${client}/dist-es/schemas/schemas_0.js'\n`)
      const load = async (name: string, plugins: ReturnType<typeof lean>[]): Promise<Record<string, unknown>> => {
        const outfile = join(folder, `${client}-${name}.cjs`)
        const options: BuildOptions = {
          bundle: true,
          platform: 'node',
          format: 'cjs',
          nodePaths: [join(projectFolder, 'node_modules')],
        }
        await build({ entryPoints: [entry], outfile, ...options, logLevel: 'error', plugins })
        return createRequire(import.meta.url)(outfile)
      }
      // A shape refers to others by functions that give them: told by name here, or they would go round in circles.
      const told = (shapes: Record<string, unknown>): string =>
        JSON.stringify(shapes, (_, value: unknown) =>
          typeof value === 'function' ? String(value) : typeof value === 'symbol' ? String(value) : value,
        )
      const [plain, slim] = [await load('plain', []), await load('slim', [lean()])]
      expect(Object.keys(plain).length).toBeGreaterThan(20)
      expect(told(slim)).toBe(told(plain))
    },
  )
})
