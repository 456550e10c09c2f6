import { describe, expect, it } from 'vitest'
import { waitingOf } from '#cli/jobs/stack-status'
import { aJobRow, at } from '#test/cli/a-job-row'

const waits = (jobId: string, because: string | undefined, waitingAt: string | undefined) =>
  aJobRow({ jobId, status: 'waiting', because, waitingAt, registeredAt: at(0) })

describe('what waits', () => {
  it('is counted by reason, the commonest first, and the oldest is named', () => {
    const jobs = [
      waits('a', 'pool-full', at(9)),
      waits('b', 'member-file-missing', at(7)),
      waits('c', 'member-file-missing', at(8)),
      aJobRow({ jobId: 'd', status: 'running' }),
      aJobRow({ jobId: 'e' }),
    ]
    expect(waitingOf(jobs)).toEqual({
      open: 4,
      waiting: [
        { because: 'member-file-missing', jobs: 2 },
        { because: 'pool-full', jobs: 1 },
      ],
      oldestWaiting: { jobId: 'b', key: 'sunrise/member/a.834', because: 'member-file-missing', since: at(7) },
    })
  })

  it('is nothing when nothing waits', () => {
    expect(waitingOf([aJobRow()])).toEqual({ open: 0, waiting: [] })
  })

  it('shows what was not looked at as that', () => {
    expect(waitingOf([waits('a', undefined, undefined)]).waiting).toEqual([{ because: 'not-looked-at', jobs: 1 }])
  })
})
