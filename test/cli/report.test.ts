import { describe, expect, it } from 'vitest'
import type { JobRow } from '#cli/jobs/job-row'
import type { LaneActs } from '#cli/jobs/lane-acts-of'
import { reportPage } from '#cli/report/page'
import { aJobRow, at } from '#test/cli/a-job-row'

const nasty = `acme/claims/<img src=x onerror=alert(1)>"'.837`
const cost = { costUsd: 0.5, billedSeconds: 60, usefulSeconds: 30, instanceType: 't3.small' }
const claims = (given: Partial<JobRow>) =>
  aJobRow({ fileType: 'claims', key: 'sunrise/claims/c', registeredAt: at(1), ...given })
const page = (jobs: readonly JobRow[], laneActs: LaneActs = new Map()) =>
  reportPage({ jobs, laneActs, where: 'landing-1', now: Date.parse(at(100)) })

describe('the report', () => {
  it('asks nobody for anything, and forbids itself to', async () => {
    const text = await page([aJobRow(cost)])
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`)
    expect(text).not.toMatch(/(src|href|action)=|url\(|@import|https?:\/\//)
  })

  it('shows names that others chose as text', async () => {
    const text = await page([aJobRow({ key: nasty, because: '</script><b>' })])
    expect(text).not.toContain('<img')
    expect(text.match(/<\/script>/g)).toHaveLength(1)
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;.837')
  })

  it('has a row and a bar for every file, and what each payer cost', async () => {
    const text = await page([
      aJobRow({ ...cost, endedAt: at(70) }),
      claims({ payerId: 'zeta', status: 'waiting', because: 'pool-full' }),
    ])
    expect(text.match(/<tr data-payer="(sunrise|zeta)"/g)).toHaveLength(2)
    expect(text).toContain('1 × pool-full')
    expect(text).toContain('waited 1 min 39 s')
    expect(text).toContain('$0.500000, 1 files, 50 % useful')
  })

  it('holds what a ticket quotes of a file: its whole id, its instance, its findings, and who asked what and why', async () => {
    const text = await page([
      aJobRow({
        ...{ status: 'rejected', because: 'SE01', sentence: 'counts differ', instanceId: 'i-0123', versionId: 'v-77' },
        ...{ execution: 'sunrise-member-r1', report: 'reports/a/r1.json', ranAfter: { member: 'm1' } },
        findings: [{ code: 'GE02', message: 'no such <group>', segment: 3, byte: 40 }],
        history: [{ action: 'excuse', who: 'Ana', why: '<b>gave up', at: at(90) }],
      }),
    ])
    for (const quoted of ['aaaaaaaaaaaaaaaaaaaaaaaa', 'i-0123', 'v-77', 'sunrise-member-r1', 'counts differ', 'GE02'])
      expect(text).toContain(`>${quoted}<`)
    expect(text).toContain('no such &lt;group&gt;')
    expect(text).toContain('segment 3, byte 40')
    expect(text).toMatch(/<time>2026-01-05 12:01:30.000<\/time> excuse by <b>Ana<\/b>: &lt;b&gt;gave up/)
  })

  it.each([
    { status: 'rejected', tone: 'bad' },
    { status: 'failed', tone: 'bad' },
    { status: 'withdrawn', tone: 'quiet' },
  ] as const)('draws a $status file that never started as that, not as one that waits', async ({ status, tone }) => {
    const text = await page([aJobRow({ status, endedAt: at(3) })])
    expect(text).toMatch(new RegExp(`<rect class="${tone}"[^>]*><title>${status} after 3 s, never started</title>`))
    expect(text).not.toContain('<title>waited')
    expect(text).toContain(
      `<span class="${tone}">■</span> until it ${tone === 'bad' ? 'failed or was rejected' : 'was withdrawn or replaced'}`,
    )
  })

  it('sorts by buttons, which a keyboard reaches', async () => {
    expect(await page([aJobRow()])).toContain(
      '<th scope="col" data-column="number"><button type="button">Cost</button></th>',
    )
  })

  const member = (given: Partial<JobRow>) => aJobRow({ jobId: 'm', key: 'sunrise/member/m', ...given })
  it.each([
    { what: 'after its members', members: [member({ endedAt: at(4) })], says: '1 claims files were admitted after' },
    { what: 'before one ended', members: [member({ endedAt: at(6) })], says: '1 were not</span>' },
    { what: 'with none', members: [], says: '1 were not</span>' },
    {
      what: 'before one that landed later, which counts for nothing',
      members: [member({ endedAt: at(4) }), member({ registeredAt: at(6), endedAt: at(8) })],
      says: '1 claims files were admitted after',
    },
    {
      what: 'while one of another cycle runs',
      members: [member({ endedAt: at(4), cycle: 'may' }), member({ status: 'running', cycle: 'june' })],
      says: '1 claims files were admitted after',
    },
  ])('proves the order of claims admitted $what', async ({ members, says }) => {
    expect(await page([...members, claims({ cycle: 'may', startedAt: at(5), endedAt: at(9) })])).toContain(says)
  })

  it('names the waiver by which claims went without members, on the proof and on the file', async () => {
    const went = claims({ startedAt: at(5), endedAt: at(9) })
    const acts = [
      { action: 'waive', who: 'Ana', why: '<no> members this month', at: at(4) },
      { action: 'resume', who: 'Bo', why: 'go on', at: at(4) },
    ]
    const text = await page([went], new Map([[went.jobId, acts]]))
    expect(text).toContain('<span class="wait">1 went by a waiver</span>')
    expect(text).not.toContain('were not</span>')
    expect(text).toContain('>not after them: waived by Ana: &lt;no&gt; members this month</td>')
    expect(text).toMatch(/<dt>Asked of its lane<\/dt><dd><div>[^/]*<\/time> waive by <b>Ana<\/b>: &lt;no&gt; members/)
    expect(await page([went], new Map([[went.jobId, acts.slice(1)]]))).toContain('1 were not</span>')
  })

  it('is a page also when there is nothing', async () => {
    expect(await page([])).toContain('<h1>Mayfly: 0 files</h1>')
  })
})
