import { Superseded } from '#domain/ports/schedule-table'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { Odds } from './odds.ts'

/** One run of one function. Its port calls go through the world, which may end it before or after any of them. */
export type Invocation = {
  id: string
  fn: string
  /** When this invocation last began to read for a decision. */
  readAt: number
  dead: boolean
  /** Requests asked so far, and the one that goes wrong (0: none), and how. */
  asked: number
  /** Nothing ends this one before its time, nor holds it up. */
  spared: boolean
  fate: { at: number; how: 'crash-before' | 'crash-after' | 'throttle' | 'lost-answer' }
  die(error: string): void
}

type Method = (...args: never[]) => Promise<unknown>
export type Call = { invocation: Invocation; what: string; args: readonly unknown[]; result?: unknown }

export type Faults = {
  clock: Clock
  random: Random
  /** Undefined when faults are over. */
  odds(): Odds | undefined
  tell(who: string, what: string): void
  done(call: Call): void
}

const awsError = (name: string): Error => Object.assign(new Error(`simulated: ${name}`), { name })

/** Milliseconds of one request; `launch` has two minutes, so it may hang longest between what it reads and writes. */
const latency = (random: Random, chance: Odds | undefined, fn: string): number => {
  const [slow, pauses] =
    fn === 'launch' ? [chance?.slowLaunch, [1500, 5000, 15_000, 40_000]] : [chance?.slow, [400, 3000, 9000, 40_000]]
  return random.chance(slow ?? 0) ? random.pick(pauses) : 2 + random.below(30)
}

const throttled = (what: string): string => (what === 'machines.run' ? 'RequestLimitExceeded' : 'ThrottlingException')

const asksForShard = (wanted: unknown): boolean =>
  Array.isArray(wanted) && wanted.some((key) => Reflect.get(Object(key), 'pk') === 'SHARD#main')

/** One request through the world: it takes time, may fail, may be the invocation's last. */
const request = (
  { clock, random, odds, tell, done }: Faults,
  invocation: Invocation,
  what: string,
  args: readonly unknown[],
  perform: () => Promise<unknown>,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    invocation.asked += 1
    const wrong = odds() !== undefined && invocation.asked === invocation.fate.at ? invocation.fate.how : undefined
    if (what === 'table.items' && asksForShard(args[0])) invocation.readAt = clock.now()
    clock.after(latency(random, invocation.spared ? undefined : odds(), invocation.fn), async () => {
      // What a dead invocation had sent is still carried out; what it had not yet sent is not (`dead` when it was asked).
      if (wrong === 'crash-before' && !invocation.dead) {
        tell(invocation.id, `dies before ${what}`)
        invocation.die('Runtime.ExitError')
        return
      }
      if (wrong === 'throttle' && !invocation.dead) {
        tell(invocation.id, `${what} is throttled`)
        return reject(awsError(throttled(what)))
      }
      let result: unknown
      try {
        result = await perform()
      } catch (error) {
        if (error instanceof Superseded) tell(invocation.id, `${what} is superseded: ${error.message}`)
        if (!invocation.dead) reject(error)
        return
      }
      done({ invocation, what, args, result })
      if (invocation.dead) return
      if (wrong === 'crash-after') {
        tell(invocation.id, `dies after ${what}`)
        invocation.die('Runtime.ExitError')
      } else if (wrong === 'lost-answer') {
        tell(invocation.id, `${what} is done, its answer is lost`)
        reject(awsError('TimeoutError'))
      } else resolve(result)
    })
  })

/** A port whose every method goes through the world. A dead invocation asks for nothing more. */
export const through = <P extends Record<string, Method>>(
  port: P,
  name: string,
  invocation: Invocation,
  faults: Faults,
): P =>
  new Proxy(port, {
    get(_, method: string) {
      const perform = port[method]
      if (!perform) return undefined
      return (...args: never[]) =>
        invocation.dead
          ? new Promise(() => {})
          : request(faults, invocation, `${name}.${method}`, args, () => perform(...args))
    },
  })
