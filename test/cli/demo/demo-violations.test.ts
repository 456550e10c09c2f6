import { describe, expect, it } from 'vitest'
import { type Observed, violationsOf } from '#cli/demo/demo-violations'
import type { Machine } from '#domain/ports/machines'
import { aJobRow, at } from '#test/cli/a-job-row'

const member = aJobRow({ jobId: 'm', instanceId: 'i-m', startedAt: at(1), endedAt: at(10) })
const claims = aJobRow({
  jobId: 'c',
  key: 'sunrise/claims/c.837',
  fileType: 'claims',
  instanceId: 'i-c',
  startedAt: at(10),
  endedAt: at(20),
})
const broken = aJobRow({
  jobId: 'b',
  key: 'tide/member/b.834',
  payerId: 'tide',
  status: 'rejected',
  because: 'IK502-4',
  findings: [{ code: 'IK502-4', message: 'SE01 is 5, expected 4', segment: 5, byte: 90 }],
  endedAt: at(2),
})
const kept = aJobRow({
  jobId: 'w',
  key: 'tide/claims/w.837',
  payerId: 'tide',
  fileType: 'claims',
  status: 'waiting',
  because: 'member-file-rejected',
})
const machine = (job: string, from: number): Machine => ({
  instanceId: `i-${job}`,
  state: 'terminated',
  tags: { app: 'mayfly', job },
  launchedAt: Date.parse(at(from)),
})
const drop = { versionId: 'v1', file: '', holds: { members: 2 } }
const good: Observed = {
  drops: [
    { ...drop, key: member.key, payerId: 'sunrise', fileType: 'member', expect: 'succeeded' },
    { ...drop, key: claims.key, payerId: 'sunrise', fileType: 'claims', expect: 'succeeded' },
    { ...drop, key: broken.key, payerId: 'tide', fileType: 'member', expect: 'rejected', codes: ['IK502-4'] },
    { ...drop, key: kept.key, payerId: 'tide', fileType: 'claims', expect: 'waiting', because: 'member-file-rejected' },
  ],
  jobs: [member, claims, broken, kept],
  instances: [machine('m', 2), machine('c', 11)],
  summaries: new Map([
    ['m', { members: 2 }],
    ['c', { members: 2 }],
  ]),
}

describe('violations', () => {
  it('are none when all went as it should', () => {
    expect(violationsOf(good)).toEqual([])
  })

  it.each([
    {
      given: 'claims admitted before a member file ended',
      observed: { jobs: [member, { ...claims, startedAt: at(9) }, broken, kept] },
      rule: 'members-before-claims',
      says: /^admitted .*, but sunrise\/member\/a.834 ended /,
    },
    {
      given: 'an instance that EC2 launched for claims too early',
      observed: { instances: [machine('m', 2), machine('c', 8)] },
      rule: 'members-before-claims',
      says: /EC2 launched i-c for it/,
    },
    {
      given: 'a second member file of a payer beside the first',
      observed: {
        jobs: [
          member,
          claims,
          broken,
          kept,
          { ...member, jobId: 'n', key: 'n', instanceId: undefined, startedAt: at(3) },
        ],
        instances: [machine('m', 2), machine('c', 11)],
        summaries: new Map([
          ['m', { members: 2 }],
          ['c', { members: 2 }],
        ]),
      },
      rule: 'one-member-file-at-a-time',
      says: /sunrise\/member\/a.834 before it ended/,
    },
    {
      given: 'a version that nobody registered',
      observed: { jobs: [member, claims, broken] },
      rule: 'one-job-per-version',
      says: /version v1 has 0 jobs/,
    },
    {
      given: 'a version with two jobs',
      observed: { jobs: [member, claims, broken, kept, { ...kept, jobId: 'x' }] },
      rule: 'one-job-per-version',
      says: /version v1 has 2 jobs/,
    },
    {
      given: 'a file that ended otherwise',
      observed: { jobs: [member, { ...claims, status: 'failed' as const, because: 'ProcessorFailed' }, broken, kept] },
      rule: 'expected-end',
      says: /^failed \(ProcessorFailed\); expected succeeded/,
    },
    {
      given: 'a file that waits for something else',
      observed: { jobs: [member, claims, broken, { ...kept, because: 'pool-full' }] },
      rule: 'expected-end',
      says: /^waiting because pool-full; expected member-file-rejected/,
    },
    {
      given: 'a rejection without the finding that it should have',
      observed: { jobs: [member, claims, { ...broken, findings: [] }, kept] },
      rule: 'expected-end',
      says: /lack IK502-4/,
    },
    {
      given: 'an output with another count',
      observed: { summaries: new Map([['m', { members: 2 }]]) },
      rule: 'expected-output',
      says: /members: nothing; the file holds 2/,
    },
    {
      given: 'an instance that is still alive',
      observed: { instances: [machine('m', 2), machine('c', 11), { ...machine('z', 3), state: 'running' }] },
      rule: 'nothing-left-running',
      says: /^i-z is running/,
    },
    {
      given: 'two files on one instance',
      observed: {
        jobs: [member, { ...claims, instanceId: 'i-m' }, broken, kept],
        instances: [machine('m', 2), { ...machine('c', 11), instanceId: 'i-m' }],
      },
      rule: 'one-instance-per-file',
      says: /^i-m had already run sunrise\/member\/a.834/,
    },
    {
      given: 'an instance that EC2 does not know',
      observed: { instances: [machine('m', 2)] },
      rule: 'one-instance-per-file',
      says: /EC2 knows no instance i-c/,
    },
  ])('$given: $rule', ({ observed, rule, says }) => {
    const found = violationsOf({ ...good, ...observed })
    expect(found.map((violation) => violation.rule)).toEqual([rule])
    expect(found[0]?.sentence).toMatch(says)
  })
})
