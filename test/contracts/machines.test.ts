import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateLaunchTemplateCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machines as awsMachines } from '#adapters/aws/machines'
import { type MachineFault, machines as memoryMachines, noMachines } from '#adapters/memory/machines'
import { refusalOf } from '#domain/launch-errors'
import type { Machine, MachineRequest, Machines } from '#domain/ports/machines'
import { startHypervisor } from '#local/hypervisor/hypervisor'
import { emulated, eventually } from '#test/contracts/emulated'
import { faultyProxy } from '#test/contracts/faulty-proxy'

type World = {
  machines: Machines
  launchTemplate: MachineRequest['launchTemplate']
  subnet: string
  /** The next request meets this. */
  refuse: (fault: MachineFault) => Promise<void>
  /** The instance writes on its console; a real one does so by itself. */
  speak: (instanceId: string, text: string) => Promise<void>
  close: () => Promise<void>
}

const memory = async (): Promise<World> => {
  const faults: MachineFault[] = []
  const state = noMachines(() => faults.shift())
  return {
    machines: memoryMachines(state, () => 1_790_000_000_000),
    ...{ launchTemplate: { id: 'lt-1', version: '1' }, subnet: 'subnet-1' },
    refuse: async (fault) => void faults.push(fault),
    speak: async (instanceId, text) => {
      const machine = state.instances.get(instanceId)
      if (machine) machine.console = text
    },
    close: async () => {},
  }
}

const aws = async (): Promise<World> => {
  const emulator = await emulated()
  const stateDir = await mkdtemp(join(tmpdir(), 'mayfly-machines-'))
  const hypervisor = await startHypervisor({
    ...{ emulatorUrl: emulator.config.endpoint, stateDir, awsCli: emulator.awsCli, bootDelayMs: 100 },
  })
  const proxy = await faultyProxy(hypervisor.url)
  // The SDK's own retries would hide the faults.
  const ec2 = new EC2Client({ ...emulator.config, endpoint: proxy.url, maxAttempts: 1 })
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'mayfly',
      LaunchTemplateData: { ImageId: 'ami-1', InstanceInitiatedShutdownBehavior: 'terminate' },
    }),
  )
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}))
  return {
    machines: awsMachines(ec2),
    launchTemplate: { id: LaunchTemplate?.LaunchTemplateId ?? '', version: '1' },
    subnet: Subnets?.[0]?.SubnetId ?? '',
    refuse: async (fault) => proxy.spoilNext(fault),
    speak: async () => {},
    close: async () => {
      await proxy.close()
      await hypervisor.close()
      await emulator.stop()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

describe.each([
  { over: 'memory', open: memory },
  { over: 'the local EC2', open: aws },
])('machines over $over', ({ open }) => {
  let world: World
  let requests = 0
  beforeAll(async () => {
    world = await open()
  })
  afterAll(() => world?.close())

  const request = (change: Partial<MachineRequest> = {}): MachineRequest => ({
    candidate: { instanceType: 't3.small', market: 'on-demand', subnet: world.subnet },
    launchTemplate: world.launchTemplate,
    clientToken: String(++requests).padStart(64, '0'),
    userData: '#!/bin/bash\nsleep 120\n',
    diskGiB: 20,
    tags: { app: 'mayfly', job: `j${requests}`, TerminateAfter: '2026-12-01T00:00:00.000Z' },
    ...change,
  })
  const all = async (): Promise<Machine[]> => (await world.machines.list()).machines
  const find = async (instanceId: string) => (await all()).find((machine) => machine.instanceId === instanceId)

  it('runs an instance, which the list shows with its tags and the time of its launch', async () => {
    const asked = request()
    const instanceId = await world.machines.run(asked)
    expect(instanceId).toMatch(/^i-[0-9a-f]{8,17}$/)
    const machine = await find(instanceId)
    expect(machine).toMatchObject({ instanceId, tags: asked.tags, launchedAt: expect.any(Number) })
    expect(['pending', 'running']).toContain(machine?.state)
    expect(machine?.launchedAt).toBeGreaterThan(1_780_000_000_000)
  })

  it('runs on the spot market too', async () => {
    const candidate = { instanceType: 't3a.nano', market: 'spot', subnet: world.subnet } as const
    expect(await world.machines.run(request({ candidate }))).toMatch(/^i-/)
  })

  it('shows only what carries our tag', async () => {
    const instanceId = await world.machines.run(request({ tags: { app: 'another' } }))
    expect(await find(instanceId)).toBeUndefined()
  })

  it('the same client token again: the same instance, and one only', async () => {
    const asked = request()
    const ids = [await world.machines.run(asked), await world.machines.run(asked)]
    expect(ids[0]).toBe(ids[1])
    expect((await all()).filter(({ tags }) => tags['job'] === asked.tags['job'])).toHaveLength(1)
  })

  it('the same client token with other parameters is refused by name', async () => {
    const asked = request()
    await world.machines.run(asked)
    const other = { ...asked, userData: '#!/bin/bash\nsleep 121\n' }
    await expect(world.machines.run(other)).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' })
  })

  it('finds the instance of a client token, and one by its id; of neither, nothing', async () => {
    const asked = request()
    const instanceId = await world.machines.run(asked)
    const found = await world.machines.byClientToken(asked.clientToken)
    expect(found).toMatchObject({ instanceId, tags: asked.tags, launchedAt: expect.any(Number) })
    expect((await world.machines.find(instanceId))?.instanceId).toBe(instanceId)
    expect(await world.machines.byClientToken('f'.repeat(64))).toBeUndefined()
    expect(await world.machines.find('i-0123456789abcdef0')).toBeUndefined()
  })

  it('runs another image than the template’s', async () => {
    const asked = request({ image: 'ami-0123456789abcdef0' })
    const instanceId = await world.machines.run(asked)
    expect(await world.machines.run(asked)).toBe(instanceId)
    const other = { ...asked, image: 'ami-1123456789abcdef0' }
    await expect(world.machines.run(other)).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' })
  })

  it('runs an image whose root disk is elsewhere', async () => {
    const instanceId = await world.machines.run(request({ image: 'ami-0123456789abcdef0', rootDevice: '/dev/sda1' }))
    expect((await find(instanceId))?.instanceId).toBe(instanceId)
  })

  it('the console of an instance that does not exist: nothing', async () => {
    expect(await world.machines.console('i-0123456789abcdef0')).toBeUndefined()
  })

  it('tells what an instance wrote on its console', async () => {
    const instanceId = await world.machines.run(request({ userData: '#!/bin/bash\necho out of the box\nsleep 120\n' }))
    await world.speak(instanceId, 'out of the box\n')
    const said = await eventually('a word on the console', () => world.machines.console(instanceId))
    expect(said).toContain('out of the box')
  })

  it('tells why an instance is over', async () => {
    const instanceId = await world.machines.run(request())
    await world.machines.terminate(instanceId)
    const over = await eventually('a reason', async () => {
      const machine = await world.machines.find(instanceId)
      return machine?.stateReason === undefined ? undefined : machine
    })
    expect(over.stateReason).toBe('Client.UserInitiatedShutdown')
  })

  it.each(['InsufficientInstanceCapacity', 'VcpuLimitExceeded', 'RequestLimitExceeded'])(
    'a refusal is an error by its name: %s, and the same token may be asked again',
    async (error) => {
      const asked = request()
      await world.refuse({ error })
      await expect(world.machines.run(asked)).rejects.toMatchObject({ name: error })
      expect((await all()).some(({ tags }) => tags['job'] === asked.tags['job'])).toBe(false)
      expect(await world.machines.run(asked)).toMatch(/^i-/)
    },
  )

  it('an answer that was lost is asked for again with the same token: one instance', async () => {
    const asked = request()
    await world.refuse({ error: 'TimeoutError', started: true })
    const lost = await world.machines.run(asked).catch((error: unknown) => error)
    expect(lost instanceof Error && refusalOf(lost.name)).toBe('later')
    const instanceId = await world.machines.run(asked)
    const found = (await all()).filter(({ tags }) => tags['job'] === asked.tags['job'])
    expect(found.map((machine) => machine.instanceId)).toEqual([instanceId])
  })

  it('user data of 16,384 bytes is taken, one more is refused', async () => {
    const script = '#!/bin/bash\nsleep 120\n'
    await world.machines.run(request({ userData: script.padEnd(16_384, '#') }))
    await expect(world.machines.run(request({ userData: script.padEnd(16_385, '#') }))).rejects.toThrow()
  })

  it('terminates, twice too, and an instance that does not exist counts as terminated', async () => {
    const instanceId = await world.machines.run(request())
    await world.machines.terminate(instanceId)
    await world.machines.terminate(instanceId)
    await world.machines.terminate('i-0123456789abcdef0')
    const machine = await eventually('an end', async () => {
      const found = await find(instanceId)
      return found && ['pending', 'running'].includes(found.state) ? undefined : { found }
    })
    expect(['shutting-down', 'terminated', undefined]).toContain(machine.found?.state)
  })
})

describe('machines in memory', () => {
  it('list page by page, each machine once', async () => {
    const machines = memoryMachines(noMachines(), () => 0, 2)
    const candidate = { instanceType: 't3.small', market: 'on-demand', subnet: 's' } as const
    const launchTemplate = { id: 'lt-1', version: '1' }
    for (const clientToken of 'abcde')
      await machines.run({ candidate, launchTemplate, clientToken, userData: '', diskGiB: 8, tags: { app: 'mayfly' } })
    const seen: string[] = []
    for (let next: string | undefined, left = 4, more = true; more && left > 0; left -= 1) {
      const page = await machines.list(next)
      seen.push(...page.machines.map(({ instanceId }) => instanceId))
      next = page.next
      more = next !== undefined
    }
    expect(seen).toHaveLength(5)
    expect(new Set(seen).size).toBe(5)
  })
})

it.each([
  { rootDevice: undefined, disks: ['/dev/xvda of 20'] },
  { rootDevice: '/dev/sda1', disks: ['/dev/xvda not', '/dev/sda1 of 20'] },
])(
  '$rootDevice: EC2 is asked for one disk, encrypted, in the place of the template’s',
  async ({ rootDevice, disks }) => {
    const bodies: string[] = []
    const handle = async ({ body }: { body?: unknown }) => {
      bodies.push(String(body))
      throw new Error('not sent')
    }
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    const ec2 = new EC2Client({ region: 'us-east-1', credentials, maxAttempts: 1, requestHandler: { handle } })
    const candidate = { instanceType: 't3.small', market: 'on-demand' as const, subnet: 'subnet-1' }
    const asked = { candidate, launchTemplate: { id: 'lt-1', version: '1' }, clientToken: 'c', userData: '', tags: {} }
    const run = awsMachines(ec2).run({ ...asked, diskGiB: 20, ...(rootDevice && { rootDevice }) })
    await expect(run).rejects.toThrow('not sent')
    const form = new URLSearchParams(bodies[0])
    const said = (n: number, what: string) => form.get(`BlockDeviceMapping.${n}.${what}`)
    const found = [1, 2].flatMap((n) => {
      if (said(n, 'DeviceName') === null) return []
      if (said(n, 'NoDevice') === '') return `${said(n, 'DeviceName')} not`
      expect(said(n, 'Ebs.Encrypted')).toBe('true')
      return `${said(n, 'DeviceName')} of ${said(n, 'Ebs.VolumeSize')}`
    })
    expect(found).toEqual(disks)
  },
)
