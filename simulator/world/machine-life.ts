import type { FileState } from '#adapters/memory/files'
import type { MachineState } from '#adapters/memory/machines'
import { runPrefix } from '#domain/schedule/run-prefix'
import type { Cancel } from '../clock.ts'
import { randomOf } from '../random.ts'
import { type EventBridge, objectEvent } from './events.ts'
import type { Faults } from './invocation.ts'
import type { Journal, MachineLife } from './journal.ts'

type Parts = {
  faults: Faults
  journal: Journal
  machines: MachineState
  files: FileState
  results: Map<string, string>
  events: EventBridge
  seed: number
  sequencer: () => string
  /** Called with every progress report that is written. */
  progress: (key: string) => void
}

type Live = MachineLife & { roleId: string; vars: (name: string) => string; timers: Cancel[]; over: boolean }

const SECOND = 1000
const MINUTE = 60 * SECOND

/** EC2's machines and what `startup.sh` does on them: wait for the manifest, run, write the result last, power off. */
export const machineLife = ({
  faults,
  journal,
  machines,
  files,
  results,
  events,
  seed,
  sequencer,
  progress,
}: Parts) => {
  const { clock, tell } = faults
  const live = new Map<string, Live>()
  const later = (life: Live, ms: number, what: () => void): void => {
    life.timers.push(clock.after(ms, () => (life.over ? undefined : what())))
  }
  const say = (life: Live, state: string): void => {
    const machine = machines.instances.get(life.instanceId)
    if (machine) machine.state = state
    tell(life.instanceId, state)
    const detail = { 'instance-id': life.instanceId, state }
    const body = { 'detail-type': 'EC2 Instance State-change Notification', at: clock.now(), detail }
    events.send('facts', `${life.instanceId} is ${state}`, body, false)
  }

  const off = (life: Live, delay: number, state: 'terminated' | 'stopped' = 'terminated'): void => {
    if (life.over) return
    life.over = true
    for (const cancel of life.timers) cancel()
    if (life.workFrom !== undefined) life.workTo ??= clock.now()
    const machine = machines.instances.get(life.instanceId)
    if (machine) machine.state = state === 'stopped' ? 'stopping' : 'shutting-down'
    clock.after(delay, () => {
      say(life, state)
      if (state === 'stopped') return
      life.endedAt = clock.now()
      clock.after(60 * MINUTE, () => machines.instances.delete(life.instanceId), 'quiet')
    })
  }

  const writeResult = (life: Live, outcome: 'succeeded' | 'failed' | 'retryable', reason: string): void => {
    const prefix = runPrefix(life.roleId, life.instanceId)
    const outputs = outcome === 'succeeded' ? ['out.ndjson'] : []
    for (const name of outputs) results.set(`${prefix}out/${name}`, '{}\n')
    const at = new Date(clock.now()).toISOString()
    const { job, round, attempt } = life
    const result = {
      ...{ scriptVersion: '1', job, round, attempt, outcome, reason, exitCode: outcome === 'succeeded' ? 0 : 1 },
      ...{ startedAt: at, endedAt: at, inputBytes: 1, outputBytes: 3, outputs, peakMemoryBytes: 1, cpuSeconds: 1 },
    }
    results.set(`${prefix}result.json`, JSON.stringify(result))
    Object.assign(life, { outcome, writtenAt: clock.now(), workTo: life.workTo ?? clock.now() })
    tell(life.instanceId, `writes its result: ${outcome}, ${reason}`)
    const object = { bucket: 'results', key: `${prefix}result.json`, size: 1, sequencer: sequencer() }
    events.send('facts', `result of ${life.instanceId}`, objectEvent('Object Created', object), true)
  }

  /** `progress.json`: the script's first act, and what it says later. */
  const speak = (life: Live, phase: 'boot' | 'run'): void => {
    const key = `${runPrefix(life.roleId, life.instanceId)}progress.json`
    const at = new Date(clock.now()).toISOString()
    results.set(key, JSON.stringify({ at, phase, percent: null, cpuSeconds: clock.now() / SECOND, memoryBytes: 1 }))
    progress(key)
  }

  /** Two minutes before EC2 takes it back it says so: to the machine, and by an event that may be lost. */
  const takeBack = (life: Live): void => {
    const machine = machines.instances.get(life.instanceId)
    tell('EC2', `will take ${life.instanceId} back`)
    const body = { 'detail-type': 'EC2 Spot Instance Interruption Warning', detail: { 'instance-id': life.instanceId } }
    events.send('facts', `${life.instanceId} will be taken back`, body, false)
    later(life, 120 * SECOND, () => {
      if (machine) machine.stateReason = 'Server.SpotInstanceTermination'
      off(life, 3 * SECOND)
    })
  }

  const finish = (life: Live, outcome: 'succeeded' | 'failed' | 'retryable', reason: string): void => {
    if (life.over) return
    writeResult(life, outcome, reason)
    off(life, 8 * SECOND)
  }

  const work = (life: Live): void => {
    const version = files.objects
      .get(`${life.vars('INPUT_BUCKET')}/${life.vars('INPUT_KEY')}`)
      ?.find((each) => each.version === life.vars('INPUT_VERSION'))
    if (version?.tags?.['mayfly-reader'] !== `${life.roleId}:${life.instanceId}`)
      return later(life, 60 * SECOND, () => finish(life, 'retryable', 'input-missing'))
    life.workFrom = clock.now()
    tell(life.instanceId, 'works')
    // The same for the same attempt, whatever else happens in this world.
    const random = randomOf(
      seed,
      `${life.vars('INPUT_KEY')} ${life.vars('INPUT_VERSION')} ${life.round} ${life.attempt}`,
    )
    const chance = faults.odds()
    const seconds = random.chance(0.3) ? random.between(1, 6) : random.between(5, 100)
    const fate = random.next()
    if (fate < (chance?.dies ?? 0)) return later(life, random.between(1, seconds) * SECOND, () => off(life, 3 * SECOND))
    if (random.next() < (chance?.hangs ?? 0)) return tell(life.instanceId, 'hangs')
    if (random.next() < (chance?.dies ?? 0) / 4)
      return later(life, random.between(1, seconds) * SECOND, () => off(life, 3 * SECOND, 'stopped'))
    const sick = chance === undefined || chance.dies === 0 ? 0.03 : 0.12
    const outcome = random.next() < sick ? random.pick(['failed', 'retryable'] as const) : 'succeeded'
    if (seconds > 60) later(life, 55 * SECOND, () => speak(life, 'run'))
    const limit = Number(life.vars('RUN_SECONDS'))
    if (seconds >= limit) return later(life, limit * SECOND, () => finish(life, 'failed', 'timed-out'))
    if (random.next() < (chance?.diesAfterResult ?? 0))
      return later(life, seconds * SECOND, () => {
        writeResult(life, outcome, 'ok')
        off(life, 100)
      })
    later(life, seconds * SECOND, () => finish(life, outcome, outcome === 'succeeded' ? 'ok' : 'processor-exit'))
  }

  const boot = (life: Live): void => {
    speak(life, 'boot')
    later(life, Number(life.vars('DEADLINE_MINUTES')) * MINUTE, () => finish(life, 'retryable', 'terminated'))
    const manifest = `${runPrefix(life.roleId, life.instanceId)}in/manifest`
    const until = clock.now() + 300 * SECOND
    const poll = (): void => {
      if (results.has(manifest)) return work(life)
      if (clock.now() > until) return finish(life, 'retryable', 'input-missing')
      later(life, 5 * SECOND, poll)
    }
    poll()
  }

  return {
    /** A machine that RunInstances has just started. */
    launch(instanceId: string): void {
      const machine = machines.instances.get(instanceId)
      if (!machine || live.has(instanceId)) return
      const { request } = machine
      const vars = (name: string): string =>
        new RegExp(`^MAYFLY_${name}='(.*)'$`, 'm').exec(request.userData)?.[1] ?? ''
      const life: Live = {
        ...{ instanceId, job: vars('JOB'), round: Number(vars('ROUND')), attempt: Number(vars('ATTEMPT')) },
        launchedAt: clock.now(),
        leaseEnds: Date.parse(request.tags['TerminateAfter'] ?? ''),
        ...{ roleId: vars('ROLE_ID'), vars, timers: [], over: false },
      }
      live.set(instanceId, life)
      journal.machines.set(instanceId, life)
      tell('EC2', `starts ${instanceId} for ${life.job} r${life.round} a${life.attempt}`)
      const random = randomOf(seed, `boot ${life.job} ${life.round} ${life.attempt}`)
      const chance = faults.odds()
      const pending = random.between(5, 20) * SECOND
      const fate = random.next()
      if (fate < (chance?.dies ?? 0) / 3) return later(life, pending / 2, () => off(life, SECOND))
      // Streams of their own: what else a machine does in this world must not move with them.
      if (randomOf(seed, `pending ${life.job} ${life.round} ${life.attempt}`).chance(chance?.diesPending ?? 0))
        return later(life, pending / 2, () => {
          life.refused = true
          machine.stateReason = 'Server.InsufficientInstanceCapacity'
          off(life, SECOND)
        })
      const taken = randomOf(seed, `spot ${life.job} ${life.round} ${life.attempt}`)
      if (request.candidate.market === 'spot' && taken.chance(chance?.spotTaken ?? 0))
        later(life, pending + taken.below(60) * SECOND, () => takeBack(life))
      later(life, pending, () => say(life, 'running'))
      if (fate > 1 - (chance?.neverBoots ?? 0)) return tell(instanceId, 'will never run its script')
      later(life, pending + random.between(3, random.next() < 0.1 ? 60 : 10) * SECOND, () => boot(life))
    },
    /** TerminateInstances: the script may still write that it was ended. */
    terminate(instanceId: string): void {
      const life = live.get(instanceId)
      if (!life) return
      const stopped = machines.instances.get(instanceId)
      if (life.over) {
        // A stopped machine is ended too.
        if (life.endedAt === undefined && stopped?.state === 'shutting-down')
          clock.after(2 * SECOND, () => {
            if (life.endedAt !== undefined) return
            life.endedAt = clock.now()
            say(life, 'terminated')
          })
        return
      }
      tell(instanceId, 'is being terminated')
      const random = randomOf(seed, `end ${instanceId}`)
      for (const cancel of life.timers.splice(0)) cancel()
      if (life.workFrom !== undefined && random.chance(0.5))
        later(life, random.between(1, 4) * SECOND, () => finish(life, 'retryable', 'terminated'))
      else off(life, random.between(3, 30) * SECOND)
    },
  }
}
export type Machinery = ReturnType<typeof machineLife>
