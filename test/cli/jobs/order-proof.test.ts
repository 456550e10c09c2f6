import { describe, expect, it } from 'vitest'
import { orderProof } from '#cli/jobs/order-proof'
import { aJobRow, at } from '#test/cli/a-job-row'

const member = aJobRow({ startedAt: at(1), endedAt: at(10) })
const claims = aJobRow({
  jobId: 'c',
  key: 'sunrise/claims/c.837',
  fileType: 'claims',
  startedAt: at(11),
  endedAt: at(20),
})
const waiting = { startedAt: undefined, endedAt: undefined, status: 'waiting' } as const

describe('order', () => {
  it.each([
    { given: 'a member file that had ended', jobs: [member, claims], held: true },
    { given: 'both in one transaction', jobs: [member, { ...claims, startedAt: at(10) }], held: true },
    { given: 'a member file that ended later', jobs: [{ ...member, endedAt: at(12) }, claims], held: false },
    { given: 'a member file still at work', jobs: [{ ...member, endedAt: undefined }, claims], held: false },
    { given: 'no member file at all', jobs: [claims], held: false },
    { given: 'no member file that succeeded', jobs: [{ ...member, status: 'rejected' as const }, claims], held: false },
    { given: 'another payer’s member file only', jobs: [{ ...member, payerId: 'harbor' }, claims], held: false },
    {
      given: 'two member files, one of them late',
      jobs: [member, { ...member, key: 'b', endedAt: at(15) }, claims],
      held: false,
    },
    { given: 'claims that were never admitted', jobs: [member, { ...claims, ...waiting }], held: undefined },
  ])('with $given: $held', ({ jobs, held }) => {
    expect(orderProof(jobs).map((proof) => proof.held)).toEqual([held])
  })

  it('names each member file and whether it had ended', () => {
    const late = { ...member, key: 'sunrise/member/b.834', endedAt: at(15) }
    expect(orderProof([member, late, claims])[0]?.members).toEqual([
      { key: 'sunrise/member/a.834', status: 'succeeded', endedAt: at(10), endedBefore: true },
      { key: 'sunrise/member/b.834', status: 'succeeded', endedAt: at(15), endedBefore: false },
    ])
  })
})
