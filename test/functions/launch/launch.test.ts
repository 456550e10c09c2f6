import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { MachineRequest } from '#domain/ports/machines'
import * as keys from '#domain/schedule/keys'
import { runPrefix } from '#domain/schedule/run-prefix'
import { awsError, ROLE, type Stage, stage } from '#test/functions/stage'

const requests = (world: Stage): MachineRequest[] =>
  [...world.state.machines.instances.values()].map(({ request }) => request)

describe('launch', () => {
  it('opens an attempt, runs one instance for it, records it and hands the file over', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a.edi')
    await world.launch(job, 'token-1')
    const [attempt, ...others] = world.attempts(job)
    const instanceId = attempt?.instanceId ?? ''
    expect(others).toEqual([])
    expect(attempt).toMatchObject({ attempt: 1, turn: 1, state: 'open', tokens: ['token-1'], candidate: 0 })
    expect([...world.state.machines.instances.keys()]).toEqual([instanceId])
    expect(world.itemsOf(`INSTANCE#${instanceId}`)).toMatchObject([{ value: { job, round: 1, attempt: 1 } }])
    expect(world.itemsOf(keys.OPEN)).toHaveLength(1)
    expect(world.state.landing.objects.get('landing/acme/member/a.edi')).toMatchObject([
      { tags: { 'mayfly-reader': `${ROLE}:${instanceId}` } },
    ])
    expect(world.state.results.get(`${runPrefix(ROLE, instanceId)}in/manifest`)).toBe('\n')
    expect(world.answer('token-1')).toBeUndefined()
  })

  it('asks EC2 for what the row says, with a client token of its own, a lease and our tags', async () => {
    const row = { payerId: 'acme', fileType: 'member', instanceTypes: ['c7i.xlarge', 't3.small'], diskGiB: 40 }
    const world = stage(4, [row])
    const job = await world.admit('acme/member/a.edi')
    await world.launch(job)
    const [asked] = requests(world)
    expect(asked).toMatchObject({
      candidate: { instanceType: 'c7i.xlarge', market: 'on-demand', subnet: 'subnet-a' },
      launchTemplate: { id: 'lt-1', version: '7' },
      diskGiB: 40,
      tags: {
        ...{ app: 'mayfly', job, round: '1', attempt: '1', payer: 'acme', type: 'member' },
        Owner: 'analysts@example.org',
        TerminateAfter: new Date(world.attempts(job)[0]?.request.terminateAfter ?? 0).toISOString(),
      },
    })
    const parts = JSON.stringify([job, 1, 1, 'c7i.xlarge', 'on-demand', 'subnet-a'])
    expect(asked?.clientToken).toBe(createHash('sha256').update(parts).digest('hex'))
    const { deadlineMinutes = 0, terminateAfter = 0 } = world.attempts(job)[0]?.request ?? {}
    const timeoutSeconds = world.job(job).timeoutSeconds ?? 0
    expect(deadlineMinutes * 60).toBeLessThan(timeoutSeconds)
    expect(world.clock.now + timeoutSeconds * 1000).toBeLessThan(terminateAfter)
  })

  it('says in every line whose file it works for', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a.edi')
    world.about.splice(0)
    await world.launch(job)
    const whose = { job, payer: 'acme', type: 'member', scope: 'acme' }
    expect(Object.assign({}, ...world.about)).toEqual({ ...whose, round: 1, turn: 1, attempt: 1 })
  })

  it('tells the machine its job and nothing that is secret', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a.edi')
    await world.launch(job, 'token-of-step-functions')
    const userData = requests(world)[0]?.userData ?? ''
    for (const line of [`MAYFLY_JOB='${job}'`, "MAYFLY_INPUT_KEY='acme/member/a.edi'", `MAYFLY_ROLE_ID='${ROLE}'`])
      expect(userData).toContain(line)
    expect(userData).toMatch(/^#!\/bin\/bash\n/)
    const script = gunzipSync(Buffer.from(/^H4sI.*$/m.exec(userData)?.[0] ?? '', 'base64')).toString()
    expect(script).toContain('echo started')
    expect(userData + script).not.toMatch(/token-of-step-functions|SECRET|AWS_|amazonaws/)
  })

  it('a Lambda retry with the same token changes nothing: one attempt, one instance', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'token-1')
    const before = world.attempts(job)
    await world.launch(job, 'token-1')
    expect(world.attempts(job)).toEqual(before)
    expect(world.state.machines.instances.size).toBe(1)
  })

  it('another token adopts the open attempt and its instance; both are answered', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'token-1')
    await world.launch(job, 'token-2')
    expect(world.attempts(job)).toMatchObject([{ tokens: ['token-1', 'token-2'] }])
    expect(world.state.machines.instances.size).toBe(1)
    await world.say([world.result(job)])
    for (const token of ['token-1', 'token-2']) expect(world.answer(token)).toMatchObject({ output: { attempt: 1 } })
  })

  it('a retry after a lost answer of EC2 adopts the machine that runs already', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    world.state.machines.fault = () => ({ error: 'TimeoutError', started: true })
    await world.launch(job, 'token-1')
    expect(world.answer('token-1')).toMatchObject({ error: 'LaunchUnclear' })
    expect(world.attempts(job)).toMatchObject([{ state: 'open', candidate: 0 }])
    world.state.machines.fault = () => undefined
    await world.launch(job, 'token-2')
    expect(world.attempts(job)).toMatchObject([{ instanceId: [...world.state.machines.instances.keys()][0] }])
    expect(world.state.machines.instances.size).toBe(1)
  })

  it('a late token of an attempt that has succeeded is told so, and nothing runs again', async () => {
    const world = stage()
    const job = await world.succeed('acme/member/a')
    await world.launch(job, 'late')
    expect(world.answer('late')).toEqual({ output: { attempt: 1 } })
    expect(world.state.machines.instances.size).toBe(1)
  })

  it('a duplicate of a token that a closed attempt has is passed over', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'token-1')
    await world.say([{ kind: 'instance', instanceId: world.attempts(job)[0]?.instanceId, state: 'terminated' }])
    await world.launch(job, 'token-1')
    expect(world.answer('token-1')).toBeUndefined()
    expect(world.attempts(job)).toHaveLength(1)
  })

  it('a round that is over launches nothing', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.say([{ kind: 'over', job, round: 1, error: 'States.Timeout', cause: '' }])
    await world.launch(job, 'late')
    expect(world.answer('late')).toMatchObject({ error: 'RoundIsOver' })
    expect(world.attempts(job)).toEqual([])
    expect(world.state.machines.instances.size).toBe(0)
  })

  it('a file that its owner replaced is not launched', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.say([world.drop('acme/member/a').event])
    await world.launch(job, 'late')
    expect(world.answer('late')).toMatchObject({ error: 'JobStopped' })
    expect(world.state.machines.instances.size).toBe(0)
  })

  it('instances used up: AttemptsExhausted, and no other is started', async () => {
    const world = stage(2, [{ payerId: 'acme', fileType: 'member', attempts: 2 }])
    const job = await world.admit('acme/member/a')
    for (const token of ['1', '2', '3']) {
      await world.launch(job, token)
      const instanceId = world.attempts(job).at(-1)?.instanceId
      await world.say([{ kind: 'instance', instanceId, state: 'terminated' }])
    }
    expect(world.answer('2')).toMatchObject({ error: 'InstanceLost' })
    expect(world.answer('3')).toMatchObject({ error: 'AttemptsExhausted', cause: expect.stringContaining('2 of 2') })
    expect(world.state.machines.instances.size).toBe(2)
  })

  it('a processor that was never pushed is named, and EC2 is not asked', async () => {
    const world = stage(2, [{ payerId: 'acme', fileType: 'member', processor: 'nobody' }])
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'token-1')
    expect(world.answer('token-1')).toMatchObject({
      ...{ error: 'LaunchRejected', cause: expect.stringContaining('"nobody"') },
    })
    expect([world.attempts(job), world.state.machines.instances.size]).toEqual([[], 0])
  })

  it('a pinned processor is the one that the row names', async () => {
    const sha256 = 'ab'.repeat(32)
    const world = stage(2, [{ payerId: 'acme', fileType: 'member', processor: `members@${sha256}` }])
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    expect(requests(world)[0]?.userData).toContain(`MAYFLY_PROCESSOR_KEY='processors/members/${sha256}.tar.gz'`)
    expect(requests(world)[0]?.userData).toContain(`MAYFLY_PROCESSOR_SHA256='${sha256}'`)
  })

  it.each([
    { bucket: 'artifacts', runs: true },
    { bucket: 'somewhere-else', runs: false },
  ])('an archive in bucket $bucket is run: $runs', async ({ bucket, runs }) => {
    const sha256 = 'cd'.repeat(32)
    const processor = `s3://${bucket}/processors/own/v1.tar.gz@${sha256}`
    const world = stage(2, [{ payerId: 'acme', fileType: 'member', processor }])
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'token-1')
    if (!runs) {
      expect(world.answer('token-1')).toMatchObject({ error: 'LaunchRejected', cause: expect.stringContaining(bucket) })
      return expect(requests(world)).toEqual([])
    }
    expect(requests(world)[0]?.userData).toContain("MAYFLY_PROCESSOR_KEY='processors/own/v1.tar.gz'")
    expect(requests(world)[0]?.userData).toContain(`MAYFLY_PROCESSOR_SHA256='${sha256}'`)
    expect(world.attempts(job)[0]?.request.processor.name).toBe(`s3://${bucket}/processors/own/v1.tar.gz`)
  })

  it('what goes wrong elsewhere answers the token by its own name', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    const results = { ...world.deps.results, writeText: () => Promise.reject(awsError('SlowDown', 'reduce your rate')) }
    await world.launch(job, 'token-1', { results })
    expect(world.answer('token-1')).toEqual({ error: 'SlowDown', cause: 'reduce your rate' })
  })
})
