import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { lambdaHandler } from '#functions/lambda-handler'
import type { Log } from '#functions/log'

const written: string[] = []
beforeEach(() => {
  written.length = 0
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** Lambda's own call of a handler, as far as the stack looks at it. */
const invoke = async (run: (event: unknown, log: Log) => Promise<unknown>): Promise<unknown> =>
  Reflect.apply(lambdaHandler('launch', run), undefined, [{ job: 'j-1' }, { awsRequestId: 'request-1' }])

it('measures leave as lines that CloudWatch reads: bare, one each, nothing around them', async () => {
  await invoke(async (_event, log) => log.measure([{ metric: 'Waiting', value: 3, by: 'paused' }]))
  expect(written).toHaveLength(1)
  expect(written[0]).toMatch(/^\{"_aws":.*\}\n$/)
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ Reason: 'paused', Waiting: [3] })
})

it('measures of a run that fails are not lost', async () => {
  const failing = invoke(async (_event, log) => {
    log.measure([{ metric: 'Undecided', value: 1 }])
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(written.filter((line) => line.includes('"Undecided":[1]'))).toHaveLength(1)
})

it('what the run is about goes with its later lines, that of its error too, and not with those of the next run', async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  const failing = invoke(async (_event, log) => {
    log.about({ payer: 'acme', scope: 'acme' })
    log.about({ attempt: 1 })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  const whose = { payer: 'acme', scope: 'acme', attempt: 1, requestId: 'request-1' }
  expect(JSON.parse(written.splice(0).join(''))).toMatchObject({ message: 'the step failed', ...whose })
  await invoke(async (_event, log) => log.warn('next'))
  expect(written.join('')).not.toContain('acme')
})
