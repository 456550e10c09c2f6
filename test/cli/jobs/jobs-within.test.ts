import { describe, expect, it } from 'vitest'
import { jobsWithin } from '#cli/jobs/jobs-within'
import { aJobRow, at } from '#test/cli/a-job-row'

const jobs = [
  aJobRow({ jobId: 'old', status: 'succeeded', endedAt: at(9) }),
  aJobRow({ jobId: 'runs', status: 'running', startedAt: at(5) }),
  aJobRow({ jobId: 'late', status: 'failed', endedAt: at(50) }),
  aJobRow({ jobId: 'waits', status: 'waiting', registeredAt: at(3) }),
  aJobRow({ jobId: 'new', status: 'validating', registeredAt: at(60) }),
]
const table = (some: readonly { jobId: string }[]) => ['JOB', ...some.map(({ jobId }) => jobId), 'Too narrow for COST']

describe('jobs within a height', () => {
  it.each([
    { height: 7, lines: ['JOB', 'old', 'runs', 'late', 'waits', 'new', 'Too narrow for COST'] },
    { height: 6, lines: ['JOB', 'runs', 'waits', 'new', 'Too narrow for COST', '… 2 more: 1 succeeded, 1 failed'] },
    { height: 5, lines: ['JOB', 'runs', 'new', 'Too narrow for COST', '… 3 more: 1 waiting, 1 succeeded, 1 failed'] },
    { height: 1, lines: ['JOB', 'new', 'Too narrow for COST', '… 4 more: 1 waiting, 1 running, 1 succeeded…'] },
  ])('of $height are those that matter most, in their order', ({ height, lines }) => {
    expect(jobsWithin(jobs, { width: 44, height }, table)).toEqual(lines)
  })

  it('lose first what ended longest ago', () => {
    const [, ...shown] = jobsWithin([...jobs.slice(0, 1), ...jobs.slice(2, 3)], { width: 80, height: 3 }, table)
    expect(shown).toEqual(['late', 'Too narrow for COST', '… 1 more: 1 succeeded'])
  })
})
