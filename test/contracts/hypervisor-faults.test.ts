import { setTimeout as pause } from 'node:timers/promises'
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { processesOf } from '#local/hypervisor/process-tree'
import { type HypervisorWorld, startHypervisorWorld } from '#test/support/hypervisor-world'

/** What goes wrong on request, as the callers of EC2 and the readers of its events see it. */
let world: HypervisorWorld
beforeAll(async () => {
  world = await startHypervisorWorld({ source: ['aws.ec2'] }, 50)
})
afterAll(() => world?.close())
beforeEach(() => world.control('DELETE', 'faults'))

const spot = { InstanceMarketOptions: { MarketType: 'spot' as const } }
const atLeast = (count: number) => (heard: readonly string[]) => heard.length >= count

describe('launches that go wrong', () => {
  it.each([
    { type: 'insufficient-capacity', error: 'InsufficientInstanceCapacity' },
    { type: 'vcpu-limit', error: 'VcpuLimitExceeded' },
    { type: 'throttle', error: 'RequestLimitExceeded' },
  ])('$type: $error, as often as it was told', async ({ type, error }) => {
    await world.fault({ type, count: 2 })
    const before = (await world.all()).length
    for (const _ of [1, 2]) await expect(world.run('poweroff')).rejects.toMatchObject({ name: error })
    expect(await world.all()).toHaveLength(before)
    await world.run('poweroff')
  })

  it('a refusal is for its own type only, and what is no fault is told', async () => {
    await world.fault({ type: 'insufficient-capacity', instanceType: 't3.small' })
    await world.run('poweroff', { InstanceType: 't3.micro' })
    await expect(world.run('poweroff')).rejects.toMatchObject({ name: 'InsufficientInstanceCapacity' })
    await world.run('poweroff')
    expect(await world.fault({ type: 'earthquake' })).toHaveProperty('error')
  })

  it('a refusal is for its own market only', async () => {
    await world.fault({ type: 'vcpu-limit', market: 'spot' })
    await world.run('poweroff')
    await expect(world.run('poweroff', spot)).rejects.toMatchObject({ name: 'VcpuLimitExceeded' })
  })

  it('an answer is lost, the machine is not; the same token finds it', async () => {
    await world.fault({ type: 'lose-answer' })
    const before = (await world.all()).length
    await expect(world.run('/bin/sleep 60', { ClientToken: 'lost' })).rejects.toThrow(/socket|ECONNRESET|hang up/)
    expect(await world.all()).toHaveLength(before + 1)
    const id = await world.run('/bin/sleep 60', { ClientToken: 'lost' })
    expect(await world.all()).toHaveLength(before + 1)
    await world.terminate(id)
  })

  it('EC2 does not know the new machine for a while', async () => {
    await world.fault({ type: 'describe-lag', seconds: 1 })
    const id = await world.run('poweroff')
    await expect(world.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    })
    expect((await world.all()).map(({ InstanceId }) => InstanceId)).not.toContain(id)
    await world.until(id, 'terminated')
  })

  it('other calls are throttled too', async () => {
    await world.fault({ type: 'throttle', action: 'DescribeInstances' })
    await expect(world.all()).rejects.toMatchObject({ name: 'RequestLimitExceeded' })
    await world.all()
  })
})

describe('machines that go wrong', () => {
  it('one ends while it is pending', async () => {
    await world.fault({ type: 'fail-pending' })
    const id = await world.run('echo ran')
    expect((await world.until(id, 'terminated')).StateReason?.Code).toBe('Server.InsufficientInstanceCapacity')
    expect(await world.consoleOf(id)).toBe('')
    expect(await world.heardOf(id, atLeast(3))).toEqual(['pending', 'shutting-down', 'terminated'])
  })

  it('one runs without ever reaching its user data', async () => {
    await world.fault({ type: 'dead-boot' })
    const id = await world.run('echo ran; poweroff')
    await world.until(id, 'running')
    await pause(500)
    await world.until(id, 'running')
    expect(await world.consoleOf(id)).toContain('never ran')
    await world.terminate(id)
    await world.until(id, 'terminated')
  })

  it('one boots slowly', async () => {
    await world.fault({ type: 'slow-boot', seconds: 0.8 })
    const began = Date.now()
    const id = await world.run('/bin/sleep 60')
    await world.until(id, 'running')
    expect(Date.now() - began).toBeGreaterThan(800)
    await world.terminate(id)
  })

  it('one dies at any time, without a word of its own, though it plans another end', async () => {
    await world.fault({ type: 'death', afterSeconds: 0.4, tags: { job: 'j' } })
    const TagSpecifications = [{ ResourceType: 'instance' as const, Tags: [{ Key: 'job', Value: 'j' }] }]
    const id = await world.run('shutdown -h +5; trap "echo heard" TERM; while :; do /bin/sleep 0.1; done', {
      TagSpecifications,
    })
    expect((await world.until(id, 'terminated')).StateReason?.Code).toBe('Server.InternalError')
    expect(await world.consoleOf(id)).not.toContain('heard')
  })

  it('one freezes: it runs as far as EC2 knows, says nothing more, and can be ended', async () => {
    await world.fault({ type: 'freeze', afterSeconds: 0.3 })
    const id = await world.run('while :; do echo tick; /bin/sleep 0.05; done')
    await world.consoleUntil(id, 'tick')
    await pause(800)
    const said = await world.consoleOf(id)
    await pause(300)
    expect(await world.consoleOf(id)).toBe(said)
    await world.until(id, 'running')
    await world.terminate(id)
    await world.until(id, 'terminated')
    expect(processesOf(id)).toEqual([])
  })

  it('a spot machine is warned, by its metadata and by an event, and taken back', async () => {
    await world.fault({ type: 'spot-interruption', afterSeconds: 0.2, noticeSeconds: 1, market: 'spot' })
    const look = `
      url=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest
      token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $url/api/token)
      until curl -sf -H "X-aws-ec2-metadata-token: $token" $url/meta-data/spot/instance-action; do /bin/sleep 0.1; done
      trap 'echo told; exit' TERM; while :; do /bin/sleep 0.1; done`
    const id = await world.run(look, spot)
    expect((await world.until(id, 'terminated')).StateReason?.Code).toBe('Server.SpotInstanceTermination')
    expect(await world.consoleOf(id)).toMatch(/"action":"terminate","time":"20[\s\S]*told/)
    const heard = await world.heardOf(id, atLeast(5))
    expect(heard).toEqual(['pending', 'running', 'warning: terminate', 'shutting-down', 'terminated'])
  })
})

describe('events that go wrong', () => {
  it.each([
    { what: 'is lost', type: 'lose-events', heard: ['pending', 'shutting-down', 'terminated'] },
    {
      what: 'comes twice',
      type: 'repeat-events',
      heard: ['pending', 'running', 'shutting-down', 'terminated', 'running'],
    },
    { what: 'is late', type: 'late-events', heard: ['pending', 'shutting-down', 'terminated', 'running'] },
  ])('one $what, and no other', async ({ type, heard }) => {
    await world.fault({ type, state: 'running', ...(type === 'late-events' ? { seconds: 2 } : {}) })
    const id = await world.run('poweroff')
    expect(await world.heardOf(id, atLeast(5))).toEqual(heard)
  })

  it('says what became of an event of S3, and what was injected', async () => {
    await world.fault({ type: 'late-events', source: 's3', key: '/result.json', seconds: 5 })
    const asks = (key: string) => world.control('POST', 's3-event', { bucket: 'b', key })
    expect(await asks('runs/a/progress.json')).toEqual({ deliveriesMs: [0] })
    expect(await asks('runs/a/result.json')).toEqual({ deliveriesMs: [5000] })
    expect(await asks('runs/a/result.json')).toEqual({ deliveriesMs: [0] })
    expect(await world.control('GET', 'injected')).toContainEqual({
      at: expect.any(Number),
      type: 'late-events',
      fault: { type: 'late-events', source: 's3', key: '/result.json', seconds: 5, count: 1 },
      subject: { source: 's3', key: 'runs/a/result.json' },
    })
  })
})
