import { describe, expect, it } from 'vitest'
import type { Job } from '#domain/schedule/items/job'
import { recordOf } from '#domain/schedule/job-record'

const T = Date.parse('2026-11-22T10:00:00.000Z')
const job: Job = {
  ...{ job: 'j1', bucket: 'landing', key: 'acme/claims/2026/c', version: 'v1', bytes: 7, payerId: 'acme' },
  ...{ fileType: 'claims', fileName: 'c', order: '1.2', status: 'registered', round: 2, turn: 3, registeredAt: T },
}
const plain = {
  ...{ jobId: 'j1', bucket: 'landing', key: 'acme/claims/2026/c', versionId: 'v1', bytes: 7, payerId: 'acme' },
  ...{ fileType: 'claims', status: 'registered', round: 2, turn: 3, attempts: 0 },
  registeredAt: '2026-11-22T10:00:00.000Z',
}

describe('recordOf', () => {
  it('a job of which little is known has a row without gaps, and nothing of what only the scheduler needs', () => {
    expect(Object.entries(recordOf(job)).sort()).toEqual(Object.entries(plain).sort())
  })

  it('all that is known of a job, times as people read them', () => {
    const shown = {
      ...{
        cycle: '2026',
        scope: 'acme#2026',
        because: 'ok',
        sentence: 'it ran',
        execution: 'e',
        instanceId: 'i-1',
        report: 'r',
      },
      ...{ findings: [{ code: 'c', message: 'm', segment: 1, byte: 2 }], ranAfter: { member: 'm1' }, counts: { n: 1 } },
      output: { prefix: 'p/', names: ['a'] },
      history: [{ action: 'retry', who: 'ana', why: 'so', at: T }],
    }
    const spent = {
      ...{ instanceType: 't3.small', market: 'spot' as const, usdPerHour: 0.01, billedSeconds: 180 },
      ...{ usefulSeconds: 60, usd: 0.002 },
    }
    const full: Job = {
      ...job,
      ...shown,
      ...{ status: 'succeeded', attempts: 2, spent, used: { peakMemoryBytes: 5, cpuSeconds: 6 }, full: true },
      ...{ waitingAt: T + 1000, startedAt: T + 2000, runningAt: T + 3000, endedAt: T + 4000 },
    }
    expect(recordOf(full)).toEqual({
      ...plain,
      ...shown,
      ...{ status: 'succeeded', attempts: 2, instanceType: 't3.small', market: 'spot', usdPerHour: 0.01 },
      ...{ billedSeconds: 180, usefulSeconds: 60, costUsd: 0.002, burstEfficiency: 0.3333 },
      ...{ peakMemoryBytes: 5, cpuSeconds: 6 },
      ...{ waitingAt: '2026-11-22T10:00:01.000Z', startedAt: '2026-11-22T10:00:02.000Z' },
      ...{ runningAt: '2026-11-22T10:00:03.000Z', endedAt: '2026-11-22T10:00:04.000Z' },
    })
  })
})
