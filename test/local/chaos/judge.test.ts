import { describe, expect, it } from 'vitest'
import { judge } from '#local/chaos/judge'
import { noticesOf } from '#local/chaos/notices'
import type { Injected, Machine, Observed } from '#local/chaos/observed'
import { kinds, type PlannedFile, planChaos } from '#local/chaos/plan'
import { summaryOf } from '#local/chaos/summary'
import { Fault } from '#local/hypervisor/fault'
import { aJobRow } from '#test/cli/a-job-row'

const T0 = Date.parse('2026-11-22T10:00:00Z')
const [file] = planChaos({ files: 1, payers: 1, seed: 1, calm: true }).files
if (file === undefined) throw new Error('a plan of one file has one')
const files: readonly PlannedFile[] = [file]

const machine = (change: Partial<Machine> = {}): Machine => ({
  id: 'i-1',
  state: 'terminated',
  launchedAt: new Date(T0).toISOString(),
  endedAt: new Date(T0 + 60_000).toISOString(),
  spot: false,
  tags: { job: 'j', round: '1', attempt: '1' },
  ...change,
})
const attempt = (change: object = {}): Observed['attempts'][number] => ({
  ...{ job: 'j', round: 1, attempt: 1, turn: 1, rev: 3, state: 'succeeded', candidate: 0, tokens: [], openedAt: T0 },
  request: {
    ...{ candidates: [], roleId: 'r', launchTemplate: { id: 'l', version: '1' }, runSeconds: 1, deadlineMinutes: 1 },
    ...{ processor: { name: 'p', key: 'k', sha256: 's', packages: [] }, diskGiB: 8, terminateAfter: T0 },
  },
  ...change,
})
const observed = (change: Partial<Observed> = {}): Observed => ({
  jobs: [aJobRow({ jobId: 'j', key: file.key, status: 'succeeded' })],
  attempts: [attempt()],
  machines: [machine()],
  injected: [],
  closings: [],
  left: [],
  ...change,
})

describe('the judge of chaos', () => {
  it('finds nothing where all is well', () => {
    expect(judge(files, observed())).toEqual([])
  })

  it.each([
    { what: 'a file that failed', change: { jobs: [aJobRow({ jobId: 'j', key: file.key, status: 'failed' })] } },
    { what: 'a file without a job', change: { jobs: [], attempts: [] } },
    { what: 'two successes', change: { attempts: [attempt(), attempt({ attempt: 2 })] } },
    { what: 'a success without an attempt', change: { attempts: [] } },
    { what: 'a machine that lives', change: { machines: [machine({ state: 'running' })] } },
    { what: 'two machines for one attempt', change: { machines: [machine(), machine({ id: 'i-2' })] } },
    { what: 'capacity that is taken', change: { left: [{ pk: 'POOL#chaos', sk: 'STATE', value: { usedVcpus: 2 } }] } },
  ])('sees $what', ({ change }) => {
    expect(judge(files, observed(change)).length).toBeGreaterThan(0)
  })
})

const injected = (fault: object, subject: Injected['subject'] = { instanceId: 'i-1' }): Injected => {
  const parsed = Fault.parse(fault)
  return { at: T0, type: parsed.type, fault: parsed, subject }
}
const closing = (by: string, seconds: number, state = 'lost') => [
  { instanceId: 'i-1', state, at: T0 + seconds * 1000, by },
]

describe('who noticed', () => {
  it.each([
    { fault: { type: 'death' }, by: 'terminated', seconds: 61, says: 'event: terminated', ms: 1000 },
    { fault: { type: 'death' }, by: 'swept terminated', seconds: 65, says: 'sweep: terminated', ms: 5000 },
    {
      fault: { type: 'freeze', afterSeconds: 2 },
      by: 'swept silent',
      seconds: 70,
      says: 'deadline: silent',
      ms: 68_000,
    },
    { fault: { type: 'dead-boot' }, by: 'swept boot-timeout', seconds: 63, says: 'deadline: boot', ms: 63_000 },
    { fault: { type: 'throttle' }, by: 'terminated', seconds: 1, says: "EC2's answer", ms: 0 },
  ])('of $fault.type, $by: $says', ({ fault, by, seconds, says, ms }) => {
    const [notice] = noticesOf(observed({ injected: [injected(fault)], closings: closing(by, seconds) }))
    expect(notice).toEqual({ fault: fault.type, by: says, ms })
  })

  it('of a lost result, by the death of its machine and a look in S3', () => {
    const lost = injected(
      { type: 'lose-events', source: 's3', key: '/result.json' },
      { source: 's3', key: 'runs/r:i-1/result.json' },
    )
    const [notice] = noticesOf(observed({ injected: [lost], closings: closing('terminated', 4, 'succeeded') }))
    expect(notice).toEqual({
      fault: 'lose-events s3 result.json',
      by: 'event: terminated, and a look in S3',
      ms: 4000,
    })
  })

  it('of a hang that nobody injected, by the decision that closed its attempt', () => {
    const hung = observed({
      machines: [machine({ armedAt: new Date(T0).toISOString() })],
      closings: closing('swept hung', 90),
    })
    expect(noticesOf(hung)).toEqual([{ fault: 'hang', by: 'deadline: hung', ms: 90_000 }])
    expect(noticesOf({ ...hung, injected: [injected({ type: 'freeze' })] }).map(({ fault }) => fault)).toEqual([
      'freeze',
    ])
  })

  it('of a death after the result, nobody: there is nothing to notice', () => {
    const [notice] = noticesOf(
      observed({ injected: [injected({ type: 'death' })], closings: closing('result', 30, 'succeeded') }),
    )
    expect(notice).toEqual({ fault: 'death', by: 'nothing to notice: the result was there' })
  })
})

describe('the summary', () => {
  it('has a line for every fault that was expected and never struck', () => {
    const struck = [
      injected({ type: 'insufficient-capacity', instanceType: 't3.small', zone: 'us-east-1a' }),
      injected({ type: 'lose-events' }, { source: 'ec2', state: 'terminated', instanceId: 'i-1' }),
    ]
    const { never, table } = summaryOf(observed({ injected: struck }), kinds)
    const here = ['insufficient-capacity', 'insufficient-capacity of t3.small in us-east-1a', 'lose-events ec2']
    expect(never).toEqual(kinds.filter((kind) => !here.includes(kind)))
    expect(table).toContainEqual({ fault: 'hang', by: 'never happened', times: 0 })
    expect(summaryOf(observed({ injected: struck }), []).never).toEqual([])
  })
})
