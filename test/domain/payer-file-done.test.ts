import { describe, expect, it } from 'vitest'
import { isAtLeast, PayerFileDone, payerFileDone, pointerKey } from '#domain/payer-file-done'
import type { Job } from '#domain/schedule/items/job'
import { aFileDone } from '#test/support/a-file-done'

const job = (more: Partial<Job> = {}): Job => ({
  ...{ job: 'j1', bucket: 'landing', key: 'acme/claims/2026-01/jan.837', version: 'v3', bytes: 10 },
  ...{ payerId: 'acme', fileType: 'claims', cycle: '2026-01', fileName: 'jan.837', order: '000000000007.001' },
  ...{ status: 'succeeded', round: 2, turn: 3, attempts: 4, counts: { claims: 9 }, ranAfter: { member: 'j0' } },
  output: { prefix: 'runs/AROATEST:i-1/out/', names: ['claims.ndjson'] },
  ...{ report: 'reports/j1/r2.json', registeredAt: 1000, startedAt: 2000, endedAt: 3000 },
  ...more,
})

describe('what is told of a file that is done', () => {
  it('says where its output is, of which version, and after whom it ran', () => {
    const done = payerFileDone(job(), 'results')
    expect(done).toEqual({
      ...{ payer: 'acme', type: 'claims', cycle: '2026-01', file: 'jan.837' },
      ...{ bucket: 'landing', key: 'acme/claims/2026-01/jan.837', version: 'v3' },
      ...{ job: 'j1', round: 2, attempts: 4, order: '000000000007.001' },
      output: { bucket: 'results', prefix: 'runs/AROATEST:i-1/out/', names: ['claims.ndjson'], moreNames: 0 },
      ...{ counts: { claims: 9 }, report: 'reports/j1/r2.json', ranAfter: { member: 'j0' } },
      registeredAt: '1970-01-01T00:00:01.000Z',
      startedAt: '1970-01-01T00:00:02.000Z',
      endedAt: '1970-01-01T00:00:03.000Z',
    })
    expect(PayerFileDone.parse(done)).toEqual(done)
  })

  it.each(['failed', 'running', 'superseded'] as const)('a file that is %s is not done', (status) =>
    expect(payerFileDone(job({ status }), 'results')).toBeUndefined(),
  )

  it('leaves out what is not known of it', () => {
    const { cycle: _cycle, report: _report, startedAt: _startedAt, ...bare } = job()
    const told = Object.keys(payerFileDone(bare, 'results') ?? {})
    for (const field of ['cycle', 'report', 'startedAt']) expect(told).not.toContain(field)
  })

  it('without an output, or an end, there is nothing to tell', () => {
    const { output: _output, ...nothing } = job()
    const { endedAt: _endedAt, ...going } = job()
    expect([payerFileDone(nothing, 'results'), payerFileDone(going, 'results')]).toEqual([undefined, undefined])
  })

  it.each([
    [131_069, 1],
    [131_070, 0],
  ])('a name of %i bytes, its quotes and comma: %i told', (length, told) => {
    const done = payerFileDone(job({ output: { prefix: 'p/', names: ['x'.repeat(length)] } }), 'results')
    expect(done?.output.names).toHaveLength(told)
  })

  it('names as many outputs as an event has room for, and counts the others', () => {
    const names = Array.from({ length: 5000 }, (_, n) => `${'é'.repeat(20)}${n}`)
    const done = payerFileDone(job({ output: { prefix: 'p/', names } }), 'results')
    expect(Buffer.byteLength(JSON.stringify(done))).toBeLessThan(200_000)
    expect(done?.output.names.length).toBeGreaterThan(2000)
    expect((done?.output.names.length ?? 0) + (done?.output.moreNames ?? 0)).toBe(5000)
  })
})

describe('where the pointer is', () => {
  it.each([
    { key: 'acme/member/jan.834', at: 'done/acme/member/jan.834.json' },
    { key: 'acme/member/2026-01/é x.834', at: 'done/acme/member/2026-01/é x.834.json' },
    { key: `acme/member/${'x'.repeat(1002)}`, at: `done/acme/member/${'x'.repeat(1002)}.json` },
    { key: `acme/member/${'x'.repeat(1003)}`, at: 'done/acme/member/j1.json' },
    { key: `acme/member/${'é'.repeat(502)}`, at: 'done/acme/member/j1.json' },
  ])('$at', ({ key, at }) => {
    expect(pointerKey(aFileDone({ key }))).toBe(at)
    expect(Buffer.byteLength(at)).toBeLessThanOrEqual(1024)
  })
})

describe('a pointer that is there', () => {
  const done = aFileDone({ order: '000000000012.003' })
  it.each([
    { standing: aFileDone({ order: '000000000012.004' }), stays: true },
    { standing: done, stays: true },
    { standing: aFileDone({ order: '000000000009.010' }), stays: false },
    { standing: { order: 7 }, stays: false },
    { standing: null, stays: false },
  ])('$standing.order against 000000000012.003: stays $stays', ({ standing, stays }) =>
    expect(isAtLeast(standing, done)).toBe(stays),
  )
})
