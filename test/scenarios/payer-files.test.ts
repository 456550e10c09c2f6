import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropSamples } from '#cli/demo/drop-samples'
import { isSettled } from '#cli/demo/quiescence'
import type { JobRow } from '#cli/jobs/job-row'
import { localClientOptions } from '#cli/processors/push-processors'
import { generateSamples, type Manifest } from '#config/samples/generate-samples'
import { isOver } from '#domain/schedule/items/status'
import { eventually } from '#test/support/eventually'
import { recordLandedEvents } from '#test/support/landed-events'
import { type LocalStack, startLocalStack } from '#test/support/local-stack'
import { ownsNothing } from '#test/support/owns-nothing'
import { statesEntered } from '#test/support/stock-aws'
import { type Subscriber, subscribe } from '#test/support/subscriber'
import { aWaitingPayer } from '#test/support/waiting-processor'

/**
 * Files' lives on the local AWS: the deployed template, its bundles, its state machine and real machines, driven and
 * watched as a person would, with the stock AWS CLI. One stack for all of them. The first cases run at the same time,
 * each with payers of its own (alone, they would mostly wait for machines); the others look at what these left.
 */
let stack: LocalStack
let aws: LocalStack['aws']
let samples: string
let manifest: Manifest
let downstream: Subscriber
beforeAll(async () => {
  stack = await startLocalStack()
  downstream = await subscribe(localClientOptions(stack.local.env).other)
  aws = stack.aws
  samples = join(stack.folder, 'samples')
  manifest = await generateSamples({ outDir: samples, seed: 1, members: 200 })
})
afterAll(() => Promise.all([downstream?.close(), stack?.stop()]))

const time = (iso: string | undefined): number => Date.parse(iso ?? 'never')
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')
const succeeded = ({ status }: JobRow) => status === 'succeeded'
const waitsBecause = (reason: string) => (job: JobRow) => job.status === 'waiting' && job.because === reason

const allTerminated = (jobId: string) =>
  eventually(
    `every instance of job ${jobId} is terminated`,
    () => aws.instances({ name: 'job', value: jobId }),
    (instances) => instances.every(({ state }) => state === 'terminated'),
  )
/** A settled execution: the job's status may be a moment ahead of it. */
const endedExecutionOf = (job: JobRow) =>
  eventually(
    `the execution of ${job.key} has ended`,
    () => stack.executionOf(job),
    ({ status }) => status !== 'RUNNING',
  )

describe('payer files on the local AWS', () => {
  let samplesJobs: JobRow[] = []

  it.concurrent('runs the samples, members before claims, each on one instance', async () => {
    const drops = await dropSamples(stack, { folder: samples, manifest, say: () => {} })
    const keys = drops.map(({ key }) => key)
    const standing = await eventually(
      'every sample file has ended or waits for somebody',
      async () => (await stack.jobs()).filter(({ key }) => keys.includes(key)),
      (jobs) => jobs.length === drops.length && jobs.every(isSettled),
    )
    samplesJobs = drops.flatMap(({ key, versionId }) =>
      standing.filter((job) => job.key === key && job.versionId === versionId),
    )
    expect(samplesJobs.map(({ key, status }) => ({ key, status }))).toEqual(
      drops.map(({ key, expect: status }) => ({ key, status })),
    )
    for (const [n, { holds, key }] of drops.entries()) {
      const job = samplesJobs[n]
      if (job?.status !== 'succeeded') continue
      if ('members' in holds) {
        expect({ key, members: lines(await stack.output(job, 'members.ndjson')).length }).toEqual({ key, ...holds })
      } else {
        const members = samplesJobs.filter((it) => it.payerId === job.payerId && it.fileType === 'member')
        expect(members.length).toBeGreaterThan(0)
        for (const member of members) expect(time(member.endedAt)).toBeLessThanOrEqual(time(job.startedAt))
        expect(job.ranAfter).toEqual({ member: members.at(-1)?.jobId })
        const claims = lines(await stack.output(job, 'claims.ndjson')).map((line) => JSON.parse(line))
        const unknownMembers = claims.filter(({ memberKnown }) => memberKnown === false).length
        expect({ key, claims: claims.length, unknownMembers }).toEqual({ key, ...holds })
      }
    }
  })

  it.concurrent('holds claims of a payer without a row, and runs them after its row and its members came', async () => {
    const [claimsKey, memberKey] = ['fresh-payer/claims/first.837', 'fresh-payer/member/full.834.gz']
    await aws.copy(join(samples, 'harbor-care/claims/professional-20260105.837'), claimsKey)
    const held = await stack.job(claimsKey, ({ because }) => because === 'unknown-payer')
    expect(held.status).toBe('registered')
    const started = (await aws.executions()).map(({ name }) => name)
    expect(started.filter((name) => name.startsWith('fresh-payer-'))).toEqual([])

    await aws.putPayerRow({ payerId: 'fresh-payer', fileType: '*' })
    const waiting = await stack.job(claimsKey, waitsBecause('member-file-missing'))
    expect(statesEntered((await stack.executionOf(waiting)).events)).toEqual(['Validate', 'WaitForTurn'])

    await aws.copy(join(samples, 'harbor-care/member/full-20260105.834.gz'), memberKey)
    const claims = await stack.job(claimsKey, succeeded)
    const member = await stack.job(memberKey, succeeded)
    expect(time(member.endedAt)).toBeLessThanOrEqual(time(claims.startedAt))
    expect(claims.ranAfter).toEqual({ member: member.jobId })
    expect(JSON.parse(await stack.output(claims, 'summary.json'))).toMatchObject({ claims: 12, unknownMembers: 1 })
    for (const job of [member, claims]) {
      const { status, events } = await endedExecutionOf(job)
      expect(status).toBe('SUCCEEDED')
      expect(statesEntered(events)).toEqual(['Validate', 'WaitForTurn', 'RunOnInstance', 'Settle'])
      expect(await allTerminated(job.jobId)).toMatchObject([
        { instanceId: job.instanceId, tags: { type: job.fileType } },
      ])
    }
  })

  it.concurrent('lets an edited priority change who goes next', async () => {
    await aws.putPoolRow({ pool: 'single', maxVcpus: 8, maxInstances: 1 })
    const working = await aWaitingPayer(stack, 'at-work', { pool: 'single' })
    await aws.copy(working.file, working.key)
    await stack.job(working.key, ({ status }) => status === 'running')

    const three = await Promise.all([
      aWaitingPayer(stack, 'amber', { pool: 'single', priority: 30 }),
      aWaitingPayer(stack, 'brown', { pool: 'single', priority: 20 }),
      aWaitingPayer(stack, 'coral', { pool: 'single', priority: 10 }),
    ])
    await Promise.all(three.flatMap(({ release, file, key }) => [release(), aws.copy(file, key)]))
    const reasons = async () => (await Promise.all(three.map(({ key }) => stack.jobsOf(key)))).flat()
    const are = (wanted: string[]) => (jobs: JobRow[]) => `${jobs.map(({ because }) => because)}` === `${wanted}`
    await eventually('amber is the first in the pool', reasons, are(['pool-full', 'lower-rank', 'lower-rank']))

    await aws.setPriority('coral', 40)
    await eventually('coral is the first in the pool', reasons, are(['lower-rank', 'lower-rank', 'pool-full']))
    await working.release()
    const ran: JobRow[] = []
    for (const { key } of [working, ...three]) ran.push(await stack.job(key, succeeded))
    const inTurn = ran.toSorted((a, b) => time(a.startedAt) - time(b.startedAt))
    expect(inTurn.map(({ payerId }) => payerId)).toEqual(['at-work', 'coral', 'amber', 'brown'])
    for (const [n, job] of inTurn.entries())
      if (n > 0) expect(time(job.startedAt)).toBeGreaterThanOrEqual(time(inTurn[n - 1]?.endedAt))
  })

  it.concurrent('makes one job of each version, however often its event comes', async () => {
    const { file, key, release } = await aWaitingPayer(stack, 'echo')
    const recorded = await recordLandedEvents(stack.local)
    await aws.copy(file, key)
    const first = await stack.job(key, ({ status }) => status === 'running')
    const event = await recorded.eventOf(key, first.versionId)
    for (const n of [1, 2, 3]) await recorded.deliver(event, `again-${n}`)
    await aws.copy(file, key)
    const newer = await eventually(
      'the second version has a job',
      () => stack.jobsOf(key),
      ({ length }) => length === 2,
    )
    for (const n of [4, 5]) await recorded.deliver(event, `again-${n}`)
    recorded.close()
    await release()
    const ends = await eventually(
      'both versions have ended',
      () => stack.jobsOf(key),
      (jobs) => jobs.every(({ status }) => isOver(status)),
    )
    expect(new Set(newer.map(({ versionId }) => versionId)).size).toBe(2)
    expect(ends.map(({ versionId, status }) => ({ versionId, status }))).toEqual([
      { versionId: first.versionId, status: 'superseded' },
      { versionId: newer.find(({ versionId }) => versionId !== first.versionId)?.versionId, status: 'succeeded' },
    ])
    for (const { jobId, instanceId } of ends)
      expect((await allTerminated(jobId)).map((instance) => instance.instanceId)).toEqual([instanceId])
  })

  it.concurrent('runs a file again, once, when its instance is killed', async () => {
    const { file, key, release } = await aWaitingPayer(stack, 'plug')
    await aws.copy(file, key)
    const { jobId, instanceId: first } = await stack.job(key, ({ status }) => status === 'running')
    const pid = (await stack.machines()).find(({ id }) => id === first)?.pid
    if (!pid) throw new Error(`${first} has no process to kill`)
    process.kill(pid, 'SIGKILL')
    const lost = () => stack.scheduled(`JOB#${jobId}`, 'ATTEMPT#')
    await eventually('the attempt is lost', lost, ([attempt]) => JSON.stringify(attempt?.value).includes('"lost"'))
    await release()

    const done = await stack.job(key, succeeded)
    expect(done).toMatchObject({ attempts: 2, round: 1, jobId })
    expect(done.instanceId).not.toBe(first)
    expect((await lost()).map(({ value }) => value)).toMatchObject([
      { attempt: 1, state: 'lost', instanceId: first },
      { attempt: 2, state: 'succeeded', instanceId: done.instanceId },
    ])
    expect(done.output?.prefix).toContain(`:${done.instanceId}/out/`)
    expect(await stack.output(done, 'done.txt')).toBe('done')
    expect(
      (await stack.resultKeys('runs/')).filter(
        (it) => it.includes(`:${first}/out/`) || it.endsWith(`:${first}/result.json`),
      ),
    ).toEqual([])
    const { status, events } = await endedExecutionOf(done)
    expect(status).toBe('SUCCEEDED')
    expect(statesEntered(events)).toEqual(['Validate', 'WaitForTurn', 'RunOnInstance', 'RunOnInstance', 'Settle'])
    expect((await allTerminated(jobId)).map(({ instanceId }) => instanceId).sort()).toEqual(
      [first, done.instanceId].sort(),
    )
  })

  it.concurrent('validates on the instance where the row says so, and lets nothing unsound through its gate', async () => {
    await aws.putPayerRow({ payerId: 'on-site', fileType: '*', validateOn: 'instance' })
    const reportOf = async ({ report }: JobRow) => stack.sources.results.readJson(report ?? 'no report')
    const [soundKey, key] = ['on-site/member/sound.834.gz', 'on-site/member/unsound.834']
    await aws.copy(join(samples, 'harbor-care/member/full-20260105.834.gz'), soundKey)
    const sound = await stack.job(soundKey, succeeded)
    expect(await reportOf(sound)).toMatchObject({ valid: true, findings: [] })

    await aws.copy(join(samples, 'tidewater-plan/member/full-20260105.834'), key)
    const unsound = await stack.job(key, ({ status }) => status === 'rejected')
    expect(unsound.because).toBe('IK502-4')
    const findings = [{ code: 'IK502-4' }, { code: 'TA1-023' }]
    expect(await reportOf(unsound)).toMatchObject({ valid: false, findings })
    const { events } = await endedExecutionOf(unsound)
    expect(statesEntered(events)).toEqual(['Validate', 'WaitForTurn', 'RunOnInstance', 'SettleFailure', 'Failed'])

    await aws.copy(join(samples, 'harbor-care/claims/professional-20260105.837'), 'on-site/claims/c.837')
    const claims = await stack.job('on-site/claims/c.837', waitsBecause('member-file-rejected'))
    expect(claims.waitingFor).toEqual([unsound.jobId])
    expect(await aws.instances({ name: 'payer', value: 'on-site' })).toHaveLength(2)
  })

  it('rejects the broken member file with codes and positions, and keeps its payer’s claims waiting', async () => {
    const [claims, member] = ['claims', 'member'].map((type) =>
      samplesJobs.find(({ payerId, fileType }) => payerId === 'tidewater-plan' && fileType === type),
    )
    if (!claims || !member) throw new Error('tidewater-plan has no claims job or no member job')
    expect(member.status).toBe('rejected')
    const found = member.findings?.map(({ code, segment, byte }) => ({ code, hasPlace: segment > 0 && byte > 0 }))
    expect(found).toEqual([
      { code: 'IK502-4', hasPlace: true },
      { code: 'TA1-023', hasPlace: true },
    ])
    const rejected = await endedExecutionOf(member)
    expect(rejected.status).toBe('FAILED')
    expect(statesEntered(rejected.events)).toEqual(['Validate', 'SettleFailure', 'Failed'])

    expect(claims).toMatchObject({ status: 'waiting', because: 'member-file-rejected', waitingFor: [member.jobId] })
    const waiting = await stack.executionOf(claims)
    expect(waiting.status).toBe('RUNNING')
    expect(statesEntered(waiting.events)).toEqual(['Validate', 'WaitForTurn'])
    expect(await aws.instances({ name: 'payer', value: 'tidewater-plan' })).toEqual([])
  })

  it('takes four states and at most 30 events from landing to the end', async () => {
    const happy = samplesJobs.find(({ key }) => key === 'sunrise-health/claims/professional-20260105.837')
    if (!happy) throw new Error('the samples have no claims of sunrise-health')
    const { status, events } = await endedExecutionOf(happy)
    expect(status).toBe('SUCCEEDED')
    expect(statesEntered(events)).toEqual(['Validate', 'WaitForTurn', 'RunOnInstance', 'Settle'])
    // The emulator writes no TaskStarted (AWS: one a task) and no TaskSubmitted (one a task that waits for a token).
    const tasks = events.flatMap(({ taskScheduledEventDetails: task }) => (task ? [task.resource] : []))
    expect(tasks).toHaveLength(4)
    const onAws = tasks.length + tasks.filter((resource) => resource.endsWith('.waitForTaskToken')).length
    const here = events.filter(({ type }) => type === 'TaskStarted' || type === 'TaskSubmitted').length
    expect(events.length - here + onAws).toBeLessThanOrEqual(30)
  })

  it('made one job of each version, and one instance of each attempt', async () => {
    const jobs = await stack.jobs()
    expect(new Set(jobs.map(({ key, versionId }) => `${key} ${versionId}`)).size).toBe(jobs.length)
    expect(jobs).toHaveLength(manifest.drops.length + 2 + 4 + 2 + 1 + 3)
    expect((await aws.executions()).map(({ name }) => name).sort()).toEqual(
      jobs.map(({ execution }) => execution).sort(),
    )
    const launched = (await aws.instances()).map(({ tags }) => `${tags['job']} ${tags['attempt']}`)
    const attempts = jobs.flatMap(({ jobId, attempts }) =>
      Array.from({ length: attempts }, (_, n) => `${jobId} ${n + 1}`),
    )
    expect(launched.sort()).toEqual(attempts.sort())
  })

  it('told those downstream of every success, and where its output lies', async () => {
    const done = (await stack.jobs()).filter(succeeded)
    const all = (heard: { job: string }[]) => new Set(heard.map(({ job }) => job)).size === done.length
    const heard = await eventually('every success was heard', downstream.heard, all)
    // Of two versions of a key one was superseded, so that here each pointer is of the job.
    for (const { jobId, key, output, ranAfter = {} } of done) {
      const told = await stack.sources.results.readJson(`done/${key}.json`)
      expect(told).toMatchObject({ key, ranAfter, output: { ...output, bucket: stack.names.ResultsBucket } })
      expect(heard.find(({ job }) => job === jobId)).toEqual(told)
    }
  })

  it('owns nothing when there is nothing to do', async () => {
    await ownsNothing(stack, ['default', 'single'])
    const waiting = (await stack.jobs()).filter(({ status }) => !isOver(status))
    expect(waiting.map(({ payerId, because }) => `${payerId} ${because}`).sort()).toEqual([
      'on-site member-file-rejected',
      'tidewater-plan member-file-rejected',
    ])
  })
})
