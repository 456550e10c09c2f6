import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { jobTable } from '#cli/jobs/job-table'
import { aJobRow, at } from '#test/cli/a-job-row'

const ran = { instanceId: 'i-0123456789abcdef0', startedAt: at(9), endedAt: at(190), costUsd: 0.000348 }
const jobs = [
  aJobRow({ jobId: 'a1a1a1a1', key: 'tidewater-plan/member/full-20260105.834.gz', ...ran }),
  ...['professional', 'institutional'].flatMap((name, i) =>
    (['member-file-missing', 'member-file-rejected', 'member-file-unfinished'] as const).map((because, n) =>
      aJobRow({
        jobId: `b${i}b${n}b2b2`,
        key: `tidewater-plan/claims/${name}-2026010${n}.837`,
        status: 'waiting',
        because,
      }),
    ),
  ),
]
const now = Date.parse(at(3600 * 24 * 9))
const table = (width: number) => jobTable(jobs, { width, height: 50, colour: false, interactive: true }, now)

describe('the table of jobs', () => {
  it.each([60, 80, 100, 120, 160])('at %i columns tells files apart, their status and their reasons', (width) => {
    const rows = table(width).slice(1, jobs.length + 1)
    expect(new Set(rows.map((row) => row.replace(/^[ab]\S{7} /, ''))).size).toBe(jobs.length)
    for (const [i, { status, because = '' }] of jobs.entries()) {
      expect(rows[i]).toMatch(new RegExp(`\\b${status}\\b`))
      expect(rows[i]).toMatch(new RegExp(`\\b${because}\\b`))
    }
    for (const line of table(width)) expect(stringWidth(line)).toBeLessThanOrEqual(width)
  })

  it('at 80 columns', () => {
    expect(table(80).filter((_, i) => [0, 1, 2, 6, 8, 9].includes(i))).toEqual([
      'JOB       KEY                                  STATUS     BECAUSE',
      'a1a1a1a1  tidewater-pla…/full-20260105.834.gz  succeeded',
      'b0b0b2b2  tidewater-…/professiona…0260100.837  waiting    member-file-missing',
      'b1b1b2b2  tidewater-…/institution…0260101.837  waiting    member-file-rejected',
      'Too narrow for INSTANCE, REGISTERED, STARTED, ENDED, TIME, COST (--json has all)',
    ])
  })

  it('hides nothing where nobody looks on', () => {
    expect(table(Number.POSITIVE_INFINITY)).toHaveLength(jobs.length + 1)
  })
})
