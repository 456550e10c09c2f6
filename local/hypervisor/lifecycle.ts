import { appendFileSync, mkdirSync } from 'node:fs'
import type { EventSender } from '#local/hypervisor/event-sender'
import type { Instance, InstanceState } from '#local/hypervisor/instance'
import { instanceFolder, wipeDisk } from '#local/hypervisor/instance-folder'
import type { InstanceStore } from '#local/hypervisor/instance-store'
import { bootMachine, type Machine, type MachineOptions } from '#local/hypervisor/machine'
import type { Mishaps } from '#local/hypervisor/mishaps'
import { endProcesses, freezeProcesses, processesGone } from '#local/hypervisor/process-tree'

/** How long an orderly shutdown waits between TERM and KILL. */
const GRACE_MS = 5_000
/**
 * How long EC2's word takes to reach a guest [K]: a machine whose result has just been heard ends by itself first. At once, it
 * was told in the middle of its last upload, and uploaded its result again.
 */
const POWER_BUTTON_MS = 2_000

const causes = {
  user: { code: 'Client.UserInitiatedShutdown', message: 'Client.UserInitiatedShutdown: User initiated shutdown' },
  instance: {
    code: 'Client.InstanceInitiatedShutdown',
    message: 'Client.InstanceInitiatedShutdown: Instance initiated shutdown',
  },
  lost: { code: 'Server.InternalError', message: 'Server.InternalError: the processes of the instance were killed' },
  capacity: {
    code: 'Server.InsufficientInstanceCapacity',
    message: 'Server.InsufficientInstanceCapacity: Insufficient capacity to satisfy instance request',
  },
  spot: {
    code: 'Server.SpotInstanceTermination',
    message: 'Server.SpotInstanceTermination: Spot instance termination',
  },
  host: { code: 'Server.InternalError', message: 'Server.InternalError: the host of the instance stopped' },
} as const
type Cause = keyof typeof causes

export interface Lifecycle {
  /** Puts the instance on disk as pending and boots it after the delay; then what is to go wrong goes wrong. */
  launch(instance: Instance, bootDelayMs: number, mishaps?: Mishaps): void
  /** Ends or stops it; ends when that is done. Nothing happens to what is over already. */
  end(id: string, how: 'terminate' | 'stop', cause: Cause): Promise<void>
  pid(id: string): number | undefined
  /** Ends, through /proc, what an earlier life of this hypervisor left behind. */
  recover(): Promise<void>
  /** Ends all machines at once. */
  close(): Promise<void>
}

/** The life of instances: pending → running → shutting-down → terminated, or stopping → stopped. */
export function createLifecycle(
  store: InstanceStore,
  events: EventSender,
  options: MachineOptions & { readonly log: (line: string) => void },
): Lifecycle {
  const machines = new Map<string, Machine>()
  const timers = new Map<string, NodeJS.Timeout[]>()
  const ends = new Map<string, Promise<void>>()
  let closing = false

  const current = (id: string): Instance => {
    const instance = store.get(id)
    if (instance === undefined) throw new Error(`no instance ${id} in the store`)
    return instance
  }
  const move = (id: string, state: InstanceState, change: Partial<Instance> = {}) => {
    const moved = { ...current(id), ...change, state }
    store.put(moved)
    options.log(`${id} is ${state}`)
    events.send(moved, state)
  }
  /** `plan`: its own shutdown, which it may cancel; or ours, which it may not. */
  const later = (id: string, delayMs: number, act: () => void, plan: 'shutdown' | 'fate' = 'fate') => {
    const key = `${plan} ${id}`
    // setTimeout holds 24.8 days at most; a longer plan is never reached in a local world.
    timers.set(key, [...(timers.get(key) ?? []), setTimeout(act, Math.min(delayMs, 2 ** 31 - 1))])
  }
  const cancelTimers = (id: string, plan: 'shutdown' | 'fate') => {
    for (const timer of timers.get(`${plan} ${id}`) ?? []) clearTimeout(timer)
    timers.delete(`${plan} ${id}`)
  }

  const meet = (id: string, { deathAfterMs, freezeAfterMs, interruption }: Mishaps) => {
    if (deathAfterMs !== undefined) later(id, deathAfterMs, () => void end(id, 'terminate', 'lost'))
    if (freezeAfterMs !== undefined) later(id, freezeAfterMs, () => freezeProcesses(id))
    if (interruption === undefined) return
    later(id, interruption.afterMs, () => {
      const interruptedAt = new Date(Date.now() + interruption.noticeMs).toISOString()
      store.put({ ...current(id), interruptedAt })
      events.send(current(id), 'interruption')
      later(id, interruption.noticeMs, () => void end(id, 'terminate', 'spot'))
    })
  }

  const boot = async (id: string, mishaps: Mishaps) => {
    if (mishaps.isDead) {
      const folder = instanceFolder(options.stateDir, id)
      mkdirSync(folder.path, { recursive: true, mode: 0o700 })
      appendFileSync(folder.console, 'the user data never ran: a fault was asked for\n')
      if (current(id).state === 'pending') move(id, 'running')
      return meet(id, mishaps)
    }
    const machine = await bootMachine(() => current(id), options, {
      power(when) {
        if (ends.has(id)) return
        if (current(id).armedAt === undefined) store.put({ ...current(id), armedAt: new Date().toISOString() })
        cancelTimers(id, 'shutdown')
        const shutdown = () => void end(id, current(id).shutdownBehavior, 'instance')
        if (when !== 'cancel') later(id, when * 60_000, shutdown, 'shutdown')
      },
      killed(signal) {
        // Node.js may hear of the shell's end after all its processes were gone: then it was our TERM that stopped it.
        if (ends.has(id) || current(id).state === 'stopped') return
        options.log(`${id} lost its shell by ${signal}`)
        end(id, 'terminate', 'lost')
      },
    })
    machines.set(id, machine)
    // It may have been told to end while it booted; then the end waits for this machine.
    if (current(id).state !== 'pending') return
    move(id, 'running')
    meet(id, mishaps)
  }
  const boots = new Map<string, Promise<void>>()

  const finish = async (id: string, how: 'terminate' | 'stop', cause: Cause) => {
    cancelTimers(id, 'shutdown')
    cancelTimers(id, 'fate')
    const at = new Date().toISOString()
    const initiator = cause === 'user' ? 'User initiated' : cause === 'instance' ? '' : 'Server.InternalError'
    move(id, how === 'stop' ? 'stopping' : 'shutting-down', {
      stateReason: causes[cause],
      transitionReason: initiator && `${initiator} (${at.slice(0, 19).replace('T', ' ')} GMT)`,
    })
    await boots.get(id)
    if (cause === 'user' && !closing) await processesGone(id, POWER_BUTTON_MS)
    const graceMs = closing || cause === 'lost' || cause === 'host' ? 0 : GRACE_MS
    await machines.get(id)?.off(graceMs)
    machines.delete(id)
    boots.delete(id)
    if (how === 'terminate') wipeDisk(instanceFolder(options.stateDir, id))
    move(id, how === 'stop' ? 'stopped' : 'terminated', how === 'stop' ? {} : { endedAt: new Date().toISOString() })
  }

  // The state changes before it returns, so that the answer to a call shows it.
  const end: Lifecycle['end'] = (id, how, cause) => {
    const { state } = current(id)
    const underway = ends.get(id)
    if (underway !== undefined && how === 'terminate' && state === 'stopping') {
      return underway.then(() => end(id, how, cause))
    }
    if (underway !== undefined) return underway
    if (state === 'terminated' || (how === 'stop' && state === 'stopped')) return Promise.resolve()
    const ending = finish(id, how, cause).finally(() => ends.delete(id))
    ends.set(id, ending)
    return ending
  }

  return {
    launch(instance, bootDelayMs, mishaps = {}) {
      store.put(instance)
      events.send(instance, 'pending')
      later(instance.id, bootDelayMs, () => {
        if (mishaps.isRefused) return void end(instance.id, 'terminate', 'capacity')
        boots.set(
          instance.id,
          boot(instance.id, mishaps).catch((error: unknown) => {
            options.log(`${instance.id} could not boot: ${String(error)}`)
            void end(instance.id, 'terminate', 'host')
          }),
        )
      })
    },
    end,
    pid: (id) => machines.get(id)?.pid,
    async recover() {
      const left = store.all().filter(({ state }) => state !== 'terminated' && state !== 'stopped')
      await Promise.all(
        left.map(async ({ id }) => {
          await endProcesses(id, 0)
          await end(id, 'terminate', 'host')
        }),
      )
    },
    async close() {
      closing = true
      await Promise.all(store.all().map(({ id }) => end(id, 'terminate', 'user')))
      await events.settled()
    },
  }
}
