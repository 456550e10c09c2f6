import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobRow } from '#cli/jobs/job-row'
import { deploy, synthesise } from '#local/deploy'
import { eventually } from '#test/support/eventually'
import { startFirstVersion } from '#test/support/first-version'
import { type LocalStack, startLocalStack } from '#test/support/local-stack'
import { ownerActs } from '#test/support/owner-acts'
import { is, waits } from '#test/support/settling'
import { aWaitingFile, waitingRow } from '#test/support/waiting-processor'

/** Today's template over the first version that landed, while its files wait and its machines work. */
let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack(startFirstVersion)
})
afterAll(() => stack?.stop())

const releases = new Map<string, (exitCode?: number) => Promise<void>>()
const drop = async (key: string): Promise<string> => {
  const { file, release } = await aWaitingFile(stack, key.replaceAll('/', '-'))
  releases.set(key, release)
  await stack.aws.copy(file, key)
  return key
}
const release = (key: string, exitCode = 0) => releases.get(key)?.(exitCode)

/** What an upgrade may not change of a job. */
const fixed = (jobs: readonly JobRow[]) =>
  jobs.map(({ jobId, key, status, round, turn, attempts, execution, instanceId, startedAt, registeredAt }) => ({
    ...{ jobId, key, status, round, turn, attempts, execution, instanceId, startedAt, registeredAt },
  }))
/** What happens once only: machines with their first process, executions. */
const started = async () => ({
  machines: (await stack.machines()).sort((a, b) => a.id.localeCompare(b.id)),
  executions: (await stack.aws.executions()).sort((a, b) => a.name.localeCompare(b.name)),
})
const startOf = ({ startedAt }: JobRow): number => Date.parse(startedAt ?? 'never')

describe('today’s version over the first one', () => {
  it('loses nothing and starts nothing again: what ran ends, what waited goes on in its order', async () => {
    // lined: a member file at work, one behind it, claims behind both. served: members are done, claims stand before a
    // pool of one. failed: a member file has failed, and halts what is behind it. dart: nobody knows this payer yet.
    for (const payer of ['lined', 'served', 'failed']) {
      await stack.aws.putPoolRow({ pool: `of-${payer}`, maxVcpus: 2, maxInstances: 1 })
      await stack.aws.putPayerRow(waitingRow(payer, { pool: `of-${payer}`, graceSeconds: 0 }))
    }
    await release(await drop('served/member/m1.json'))
    await stack.job(await drop('lined/member/m1.json'), is('running'))
    await stack.job(await drop('lined/member/m2.json'), ({ status }) => status === 'waiting')
    await stack.job(await drop('lined/claims/c1.json'), waits('member-file-unfinished'))
    await stack.job(await drop('failed/member/m1.json'), is('running'))
    await release('failed/member/m1.json', 3)
    await stack.job('failed/member/m1.json', is('failed', 'ProcessorFailed'))
    await stack.job(await drop('failed/member/m2.json'), waits('failed-ahead'))
    await stack.job(await drop('failed/claims/c1.json'), waits('member-file-failed'))
    await stack.job('served/member/m1.json', is('succeeded'))
    await stack.job(await drop('served/claims/c1.json'), is('running'))
    const queue = ['c2', 'c3', 'c4'].map((name) => `served/claims/${name}.json`)
    for (const key of queue) await stack.job(await drop(key), ({ status }) => status === 'waiting')
    await drop('dart/member/m1.json')
    await eventually(
      'the file of nobody is known',
      () => stack.jobsOf('dart/member/m1.json'),
      (jobs) => jobs.length === 1,
    )

    const before = { jobs: fixed(await stack.jobs()), ...(await started()) }
    expect(before.jobs.filter(({ status }) => status === 'running').length).toBe(2)
    const assembly = await synthesise(join(stack.folder, 'today'))
    let deployed = false
    const deployment = deploy(assembly, stack.local.env, stack.folder).finally(() => {
      deployed = true
    })
    const during: string[] = []
    while (!deployed) {
      await pause(2000)
      during.push(await drop(`served/claims/during-${during.length}.json`))
    }
    const outputs = await deployment
    expect(Object.keys(outputs)).toContain('DeadQueueUrl')
    for (const [name, value] of Object.entries(stack.local.outputs)) expect(outputs[name]).toBe(value)
    const jobs = await stack.jobs()
    expect(fixed(jobs.filter(({ key }) => !during.includes(key)))).toEqual(before.jobs)
    const { machines, executions } = await started()
    expect(machines).toEqual(before.machines)
    expect(executions).toEqual(expect.arrayContaining(before.executions))

    for (const key of ['lined/member/m1.json', 'lined/member/m2.json', 'lined/claims/c1.json']) await release(key)
    for (const key of ['served/claims/c1.json', ...queue, ...during]) await release(key)
    for (const key of ['failed/member/m2.json', 'failed/claims/c1.json', 'dart/member/m1.json']) await release(key)
    const owner = ownerActs({ ...stack.local, outputs })
    const excused = await owner.mayfly('excuse', 'failed/member/m1.json', '--why', 'known', '--who', 'ana')
    expect(excused).toMatchObject({ exitCode: 0, done: true })
    await stack.aws.putPayerRow(waitingRow('dart', { pool: 'of-served', graceSeconds: 0 }))

    const ended = await eventually(
      'everything has succeeded but what had failed',
      () => stack.jobs(),
      (jobs) =>
        jobs.length === before.jobs.length + during.length &&
        jobs.every(({ key, status }) => status === (key === 'failed/member/m1.json' ? 'failed' : 'succeeded')),
    )
    const jobOf = (key: string): JobRow => {
      const found = ended.find((job) => job.key === key)
      if (!found) throw new Error(`${key} has no job`)
      return found
    }
    // What ran is the same attempt on the same machine, started when it was; only today's version knows prices.
    for (const { key, instanceId, startedAt, status } of before.jobs)
      if (status === 'running') expect(jobOf(key)).toMatchObject({ attempts: 1, instanceId, startedAt })
      else if (status === 'waiting') expect(jobOf(key).costUsd, key).toBeGreaterThan(0)
    for (const { key, round, turn, attempts } of ended)
      expect({ key, round, turn, attempts }).toEqual({ key, round: 1, turn: 1, attempts: 1 })
    const worked = (await stack.aws.instances()).map(({ tags }) => tags['job'])
    expect(worked.sort()).toEqual(ended.map(({ jobId }) => jobId).sort())
    const names = (await stack.aws.executions()).map(({ name }) => name)
    expect(names.sort()).toEqual(ended.map(({ execution }) => execution).sort())

    const order = ['served/claims/c1.json', ...queue, during[0] ?? ''].map((key) => startOf(jobOf(key)))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    const lined = ['member/m1', 'member/m2', 'claims/c1'].map((name) => jobOf(`lined/${name}.json`))
    for (const [n, job] of lined.slice(1).entries())
      expect(startOf(job)).toBeGreaterThanOrEqual(Date.parse(lined[n]?.endedAt ?? 'never'))
    expect(jobOf('lined/claims/c1.json').ranAfter).toEqual({ member: jobOf('lined/member/m2.json').jobId })
    expect(jobOf('failed/claims/c1.json').ranAfter).toEqual({ member: jobOf('failed/member/m2.json').jobId })
    await eventually(
      'every execution has ended',
      () => stack.aws.executions(),
      (all) => all.every(({ status }) => status !== 'RUNNING'),
    )
  })
})
