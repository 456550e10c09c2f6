import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobRow } from '#cli/jobs/job-row'
import { isOver } from '#domain/schedule/items/status'
import { eventually } from '#test/support/eventually'
import { type LocalStack, startLocalStack } from '#test/support/local-stack'
import { ownerActs } from '#test/support/owner-acts'
import { ownsNothing } from '#test/support/owns-nothing'
import { is, settling, waits } from '#test/support/settling'
import { statesEntered } from '#test/support/stock-aws'
import { aWaitingFile, waitingRow } from '#test/support/waiting-processor'

/**
 * What owners do while files wait and work, on the local AWS: with the stock AWS CLI, and with `mayfly` as a process of
 * its own. The cases run at the same time, each with a payer of its own; the last one looks at what they left.
 */
let stack: LocalStack
let aws: LocalStack['aws']
let owner: ReturnType<typeof ownerActs>
beforeAll(async () => {
  stack = await startLocalStack()
  aws = stack.aws
  owner = ownerActs(stack.local)
})
afterAll(() => stack?.stop())

const { allTerminated, theExecution, executionIs } = settling(() => stack)

let dropped = 0
/** Drops a file for the waiting processor; what ends its machine's work is its own, whatever else has the key. */
const drop = async (key: string) => {
  dropped += 1
  const { file, release } = await aWaitingFile(stack, `drop-${dropped}`)
  await aws.copy(file, key)
  return { key, release }
}
/** All versions of a key, the oldest first, once their statuses are these. */
const versions = (key: string, ...statuses: JobRow['status'][]): Promise<JobRow[]> =>
  eventually(
    `the versions of ${key} are ${statuses}`,
    () => stack.jobsOf(key),
    (jobs) => `${jobs.map(({ status }) => status)}` === `${statuses}`,
  )
const why = ['--why', 'asked by the payer', '--who', 'ana'] as const

describe('owners on the local AWS', () => {
  it.concurrent('opens the gate of one cycle only, with two cycles open at once', async () => {
    await aws.putPayerRow(waitingRow('orbit', { scope: 'cycle' }))
    const claims10 = await drop('orbit/claims/2026-10/claims.json')
    const claims11 = await drop('orbit/claims/2026-11/claims.json')
    const members10 = await drop('orbit/member/2026-10/members.json')
    const members11 = await drop('orbit/member/2026-11/members.json')
    await stack.job(members10.key, is('running'))
    await stack.job(members11.key, is('running'))
    await stack.job(claims10.key, waits('member-file-unfinished'))
    await stack.job(claims11.key, waits('member-file-unfinished'))

    await claims10.release()
    await claims11.release()
    await members10.release()
    const ran10 = await stack.job(claims10.key, is('succeeded'))
    expect(ran10.ranAfter).toEqual({ member: (await stack.job(members10.key, is('succeeded'))).jobId })
    await stack.job(members11.key, is('running'))
    const still = await stack.job(claims11.key, waits('member-file-unfinished'))
    expect(await aws.instances({ name: 'job', value: still.jobId })).toEqual([])

    await members11.release()
    const ran11 = await stack.job(claims11.key, is('succeeded'))
    expect(ran11.ranAfter).toEqual({ member: (await stack.job(members11.key, is('succeeded'))).jobId })
  })

  it.concurrent('lets those go who waited for a file that its owner excuses', async () => {
    await aws.putPayerRow(waitingRow('pardon'))
    const first = await drop('pardon/member/first.json')
    await stack.job(first.key, is('running'))
    const second = await drop('pardon/member/second.json')
    const claims = await drop('pardon/claims/claims.json')
    await first.release(3)
    const failed = await stack.job(first.key, is('failed', 'ProcessorFailed'))
    expect((await stack.job(second.key, waits('failed-ahead'))).waitingFor).toEqual([failed.jobId])
    await stack.job(claims.key, waits('member-file-failed'))

    expect(await owner.mayfly('excuse', second.key, ...why)).toEqual({
      exitCode: 1,
      done: false,
      because: 'only a failed or rejected file can be excused; this one is waiting',
    })
    const excused = { exitCode: 0, done: true, because: 'it no longer blocks' }
    expect(await owner.mayfly('excuse', first.key, ...why, '--id', 'pardon-once')).toEqual(excused)
    expect(await owner.mayfly('excuse', first.key, ...why, '--id', 'pardon-once')).toEqual(excused)
    await stack.job(second.key, is('running'))
    await stack.job(claims.key, waits('member-file-unfinished'))
    await second.release()
    await claims.release()
    const ran = await stack.job(claims.key, is('succeeded'))
    expect(ran.ranAfter).toEqual({ member: (await stack.job(second.key, is('succeeded'))).jobId })
    const after = await stack.job(first.key, is('failed', 'ProcessorFailed'))
    expect(after).toMatchObject({ jobId: failed.jobId, history: [{ action: 'excuse', who: 'ana', why: why[1] }] })
  })

  it.concurrent('waives a gate for what stands in the lane, not for what comes later', async () => {
    await aws.putPayerRow(waitingRow('waiver'))
    const member = await drop('waiver/member/members.json')
    const [claims, late] = [await drop('waiver/claims/claims.json'), 'waiver/claims/late.json']
    await member.release(3)
    await stack.job(claims.key, waits('member-file-failed'))
    expect(await owner.mayfly('excuse', member.key, ...why)).toMatchObject({ exitCode: 0, done: true })
    // Excused is not succeeded: the gate still wants a member file.
    await stack.job(claims.key, waits('member-file-missing'))

    expect(await owner.mayfly('waive', '--lane', 'waiver/nothing', ...why)).toMatchObject({ exitCode: 1, done: false })
    expect(await owner.mayfly('waive', ...why)).toMatchObject({ exitCode: 2, done: undefined })
    expect(await owner.mayfly('waive', '--lane', 'waiver/claims', ...why)).toMatchObject({ exitCode: 0, done: true })
    await stack.job(claims.key, is('running'))
    await drop(late)
    await stack.job(late, waits('member-file-missing'))
    await claims.release()
    expect((await stack.job(claims.key, is('succeeded'))).ranAfter).toEqual({})
    await stack.job(late, waits('member-file-missing'))
    await owner.remove(late)
    await stack.job(late, is('withdrawn', 'deleted-by-owner'))
  })

  it.concurrent('runs a failed member file again when its owner says so, and then the claims', async () => {
    await aws.putPayerRow(waitingRow('encore'))
    const member = await drop('encore/member/members.json')
    const claims = await drop('encore/claims/claims.json')
    await member.release(3)
    const failed = await stack.job(member.key, is('failed', 'ProcessorFailed'))
    await stack.job(claims.key, waits('member-file-failed'))
    await executionIs(failed.execution, 'FAILED')
    expect(await owner.mayfly('retry', claims.key, ...why)).toMatchObject({ exitCode: 1, done: false })

    await member.release()
    await claims.release()
    expect(await owner.mayfly('retry', member.key, ...why)).toMatchObject({ exitCode: 0, done: true })
    const ran = await stack.job(claims.key, is('succeeded'))
    const again = await stack.job(member.key, is('succeeded'))
    expect(again).toMatchObject({ jobId: failed.jobId, round: 2, history: [{ action: 'retry', who: 'ana' }] })
    expect(again.execution).not.toBe(failed.execution)
    expect(ran.ranAfter).toEqual({ member: again.jobId })
    await executionIs(again.execution, 'SUCCEEDED')
    await executionIs(failed.execution, 'FAILED')
    const machines = await allTerminated(again.jobId, 2)
    expect(machines.map(({ tags }) => tags['round']).sort()).toEqual(['1', '2'])
  })

  it.concurrent('withdraws what waits, what failed and what runs when its object is deleted', async () => {
    await aws.putPayerRow(waitingRow('recall'))
    const [claims, spare] = [await drop('recall/claims/claims.json'), await drop('recall/claims/spare.json')]
    const member = await drop('recall/member/members.json')
    await member.release(3)
    await stack.job(member.key, is('failed'))
    await stack.job(claims.key, waits('member-file-failed'))
    const waiting = await stack.job(spare.key, waits('member-file-failed'))

    await owner.remove(spare.key)
    await stack.job(spare.key, is('withdrawn', 'deleted-by-owner'))
    await executionIs(waiting.execution, 'FAILED')
    expect(statesEntered((await stack.executionOf(waiting)).events)).not.toContain('RunOnInstance')

    await owner.remove(member.key)
    await stack.job(member.key, is('withdrawn', 'deleted-by-owner'))
    await stack.job(claims.key, waits('member-file-missing'))

    const again = await drop(member.key)
    const [, running] = await versions(again.key, 'withdrawn', 'running')
    await stack.job(claims.key, waits('member-file-unfinished'))
    await owner.remove(again.key)
    const [, stopped] = await versions(again.key, 'withdrawn', 'withdrawn')
    expect(stopped).toMatchObject({ jobId: running?.jobId, because: 'deleted-by-owner' })
    await allTerminated(stopped?.jobId ?? '', 1)
    await stack.job(claims.key, waits('member-file-missing'))
    await owner.remove(claims.key)
    await stack.job(claims.key, is('withdrawn', 'deleted-by-owner'))
  })

  it.concurrent('lets a newer version take the place of a waiting file and of a running one', async () => {
    await aws.putPayerRow(waitingRow('revise'))
    const claims = 'revise/claims/claims.json'
    await drop(claims)
    const old = await stack.job(claims, waits('member-file-missing'))
    const newClaims = await drop(claims)
    await versions(claims, 'superseded', 'waiting')
    await executionIs(old.execution, 'FAILED')

    const member = 'revise/member/members.json'
    await drop(member)
    const running = await stack.job(member, is('running'))
    const newMember = await drop(member)
    const [stopped] = await versions(member, 'superseded', 'running')
    expect(stopped).toMatchObject({ jobId: running.jobId, because: 'newer-version', instanceId: running.instanceId })
    await allTerminated(running.jobId, 1)
    await newMember.release()
    await newClaims.release()
    const [, ran] = await versions(claims, 'superseded', 'succeeded')
    const [, after] = await versions(member, 'superseded', 'succeeded')
    expect(ran?.ranAfter).toEqual({ member: after?.jobId })
    expect(await aws.instances({ name: 'job', value: old.jobId })).toEqual([])
  })

  it.concurrent('says on an edited row that it is invalid, once, and goes by the last good one', async () => {
    const says = (status: RegExp) =>
      eventually(
        `the row of typo says ${status}`,
        () => owner.rowStatus('typo'),
        (said) => status.test(said),
      )
    await aws.putPayerRow(waitingRow('typo', { priority: 150 }))
    await says(/^in force$/)
    await owner.editRow('typo', 'priority', { N: '5000' })
    await says(/^not in force, the last good row still is: priority: /)
    // Without the good row it would be read as X12, and rejected.
    const { key, release } = await drop('typo/member/members.json')
    await stack.job(key, is('running'))
    await release()
    await stack.job(key, is('succeeded'))
    // Two of the editor's and two of Mayfly's: a remark is no news of the row, or there would be one a second.
    expect(await owner.rowWrites('typo')).toBe(4)
    await owner.editRow('typo', 'priority', { N: '200' })
    await says(/^in force$/)
    expect(await owner.rowWrites('typo')).toBe(6)
  })

  it.concurrent('gets the capacity back of an execution that was stopped by hand', async () => {
    await aws.putPoolRow({ pool: 'by-hand', maxVcpus: 8, maxInstances: 1 })
    await aws.putPayerRow(waitingRow('halted', { pool: 'by-hand' }))
    await aws.putPayerRow(waitingRow('behind', { pool: 'by-hand' }))
    const halted = await drop('halted/member/members.json')
    const atWork = await stack.job(halted.key, is('running'))
    const behind = await drop('behind/member/members.json')
    await stack.job(behind.key, waits('pool-full'))

    await owner.stopExecution((await theExecution(atWork.execution)).executionArn)
    await stack.job(halted.key, is('failed', 'stopped-by-hand'))
    await stack.job(behind.key, is('running'))
    await allTerminated(atWork.jobId, 1)
    await executionIs(atWork.execution, 'ABORTED')
    await behind.release()
    await stack.job(behind.key, is('succeeded'))
  })

  it.concurrent('lets a paused payer finish what runs, and go on when it is resumed', async () => {
    await aws.putPayerRow(waitingRow('siesta'))
    const first = await drop('siesta/member/first.json')
    await stack.job(first.key, is('running'))
    const second = await drop('siesta/member/second.json')
    await stack.job(second.key, waits('behind-in-lane'))
    await owner.editRow('siesta', 'enabled', { BOOL: false })
    // Nobody waits for the edit to be heard: the next decision reads the row.
    await first.release()
    await stack.job(first.key, is('succeeded'))
    const paused = await stack.job(second.key, waits('paused'))
    expect((await theExecution(paused.execution)).status).toBe('RUNNING')
    expect(await aws.instances({ name: 'job', value: paused.jobId })).toEqual([])

    await owner.editRow('siesta', 'enabled', { BOOL: true })
    await second.release()
    await stack.job(second.key, is('succeeded'))
  })

  it('owns nothing when there is nothing to do', async () => {
    await ownsNothing(stack, ['default', 'by-hand'])
    const jobs = await stack.jobs()
    expect(jobs.filter(({ status }) => !isOver(status))).toEqual([])
    expect(jobs).toHaveLength(dropped)
    const rounds = jobs.flatMap(({ execution = '', round }) =>
      Array.from({ length: round }, (_, n) => execution.replace(/-r\d+$/, `-r${n + 1}`)),
    )
    const executions = await aws.executions()
    expect(executions.map(({ name }) => name).sort()).toEqual(rounds.sort())
    expect(executions.filter(({ status }) => status === 'RUNNING')).toEqual([])
    const attempts = (await aws.instances()).map(({ tags }) => `${tags['job']} ${tags['round']} ${tags['attempt']}`)
    expect(new Set(attempts).size).toBe(attempts.length)
  })
})
