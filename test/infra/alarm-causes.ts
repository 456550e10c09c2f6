import { putRow } from '#adapters/memory/policy-tables'
import { runPrefix } from '#domain/schedule/run-prefix'
import { launch } from '#functions/launch/launch'
import { progress } from '#functions/progress/progress'
import { sweep } from '#functions/sweep/sweep'
import { ROLE, type Stage } from '#test/functions/stage'

const MINUTE = 60_000

/** Drops, admits and launches so many files of types of their own, and returns their jobs. */
const atWork = async (world: Stage, files: number): Promise<string[]> => {
  const jobs: string[] = []
  for (let n = 0; n < files; n += 1) {
    putRow(world.state.policies, {
      payerId: 'acme',
      fileType: `extra-${n}`,
      instanceTypes: ['c7i.8xlarge'],
      pool: 'big',
      processor: 'claims',
    })
    const job = await world.admit(`acme/extra-${n}/file`)
    await world.launch(job)
    jobs.push(job)
  }
  return jobs
}
const machineOf = (world: Stage, job: string) => world.attempts(job).at(-1)?.instanceId
const ended = (job: string, error: string) => ({ kind: 'over', job, round: 1, error, cause: '{}' })

/** What makes each alarm of ours go off, done to the steps themselves; the stage has a pool called `big`. */
export const causes: Record<string, (world: Stage) => Promise<void>> = {
  'batches-undecided': async (world) => {
    const table = { ...world.deps.table, commit: () => Promise.reject(new Error('the table is away')) }
    for (let n = 0; n < 5; n += 1) await world.say([world.drop(`acme/member/${n}`).event], 1, { table })
  },
  quarantined: async (world) => {
    await world.say(['nonsense'])
  },
  'lanes-held-by-errors': async (world) => {
    await world.admit('acme/member/a')
    world.state.schedule.partitions.get('LANE#acme#member')?.values.forEach((_, sk, all) => {
      all.set(sk, { nonsense: true })
    })
    await world.say([{ kind: 'due', sk: '1#acme#member', scope: 'acme' }])
  },
  'sums-disagreed': async (world) => {
    await world.admit('acme/member/a')
    world.state.schedule.partitions.get('POOL#p')?.values.set('STATE', { usedVcpus: 77, usedInstances: 77 })
    await world.say([{ kind: 'audit' }])
  },
  'machines-nobody-owned': async (world) => {
    const [job = ''] = await atWork(world, 1)
    await world.say([ended(job, 'AttemptsExhausted')])
    for (const seen of world.state.machines.instances.values()) seen.state = 'running'
    for (let look = 0; look < 2; look += 1) {
      world.clock.now += 5 * MINUTE
      await sweep(world.deps)
    }
  },
  'machines-past-their-lease': async (world) => {
    await atWork(world, 1)
    world.clock.now += 50 * 60 * MINUTE
    await sweep(world.deps)
  },
  'machines-hang': async (world) => {
    for (const job of await atWork(world, 3)) {
      const key = `${runPrefix(ROLE, machineOf(world, job) ?? '')}progress.json`
      const said = { at: new Date(world.clock.now).toISOString(), percent: 1, cpuSeconds: 1, memoryBytes: 1 }
      world.state.results.set(key, JSON.stringify(said))
      await progress({ detail: { object: { key } } }, world.deps)
    }
    world.clock.now += 60 * MINUTE
    await sweep(world.deps)
  },
  'facts-found-by-sweep': async (world) => {
    await atWork(world, 10)
    world.clock.now += 5 * MINUTE
    world.state.machines.instances.clear()
    await sweep(world.deps)
  },
  'machines-lost': async (world) => {
    for (const job of await atWork(world, 5))
      await world.say([{ kind: 'instance', instanceId: machineOf(world, job), state: 'terminated' }])
  },
  'launches-fail': async (world) => {
    const away = {
      ...world.deps.machines,
      run: () => Promise.reject(Object.assign(new Error('no'), { name: 'UnauthorizedOperation' })),
    }
    for (let n = 0; n < 3; n += 1) {
      putRow(world.state.policies, { payerId: 'acme', fileType: `extra-${n}`, pool: 'big', processor: 'claims' })
      const job = await world.admit(`acme/extra-${n}/file`)
      await launch({ job, round: 1, turn: 1, token: `${job}-run` }, { ...world.deps, machines: away })
    }
  },
  'no-capacity': async (world) => {
    for (let n = 0; n < 10; n += 1) {
      putRow(world.state.policies, { payerId: 'acme', fileType: `extra-${n}`, pool: 'big' })
      const job = await world.admit(`acme/extra-${n}/file`)
      await world.say([{ ...world.parked(job, 'again'), refusedTurn: 1 }])
    }
  },
  'launches-slow': async (world) => {
    const [job = ''] = await atWork(world, 1)
    world.clock.now += 200_000
    await world.say([{ kind: 'instance', instanceId: machineOf(world, job), state: 'running' }])
  },
  'machines-cost-much': async (world) => {
    const [job = ''] = await atWork(world, 1)
    world.clock.now += 40 * 60 * MINUTE
    await world.say([world.result(job)])
  },
  'row-not-in-force': async (world) => {
    putRow(world.state.policies, { payerId: 'acme', fileType: '*', priority: 'high' })
    await world.say([{ kind: 'row-edited', payerId: 'acme', fileType: '*', edit: '1' }])
  },
  'file-rejected': async (world) => {
    const { job, event } = world.drop('acme/member/a')
    await world.say([event])
    await world.say([ended(job, 'UnsoundFile')])
  },
  'file-failed': async (world) => {
    const [job = ''] = await atWork(world, 1)
    await world.say([ended(job, 'AttemptsExhausted')])
  },
  'file-waits-long': async (world) => {
    await world.admit('acme/claims/c')
    world.clock.now += 6 * 60 * MINUTE
    await sweep(world.deps)
  },
  'payer-boot-loop': async (world) => {
    await atWork(world, 1)
    const scope = world.state.schedule.partitions.get('SCOPE#acme')?.values
    scope?.set('STATE', { ...Object(scope.get('STATE')), boots: { failed: 99, instanceId: 'i-1' } })
    await world.admit('acme/extra-0/next')
    await sweep(world.deps)
  },
  'gate-held-long': async (world) => {
    putRow(world.state.policies, { payerId: 'acme', fileType: 'claims', after: [{ type: 'member', atLeast: 1 }] })
    await world.admit('acme/claims/c')
    world.clock.now += 12 * 60 * MINUTE
    await sweep(world.deps)
  },
}
