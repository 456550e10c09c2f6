import type { Outcome } from '../asl/state-machine.ts'
import type { Faults, Invocation } from './invocation.ts'

export type LambdaOptions = { fn: string; timeoutMs: number; concurrency?: number; spared?: boolean }

/** Which request of an invocation goes wrong; most crashes that matter are among the first or the last. */
const fateOf = ({ random, odds }: Faults): Invocation['fate'] => {
  const how = random.pick(['crash-before', 'crash-after', 'throttle', 'lost-answer'] as const)
  const at = 1 + random.below(random.pick([4, 10, 30]))
  return { how, at: random.chance(odds()?.fault ?? 0) ? at : 0 }
}

/** Runs functions as Lambda does: a crash or the timeout ends one for good, the caller hears an error by name. */
export const lambda = (faults: Faults) => {
  const { clock, random, tell } = faults
  const running = new Map<string, number>()
  let count = 0

  const invoke = (
    { fn, timeoutMs, concurrency = 1000, spared = false }: LambdaOptions,
    run: (invocation: Invocation) => Promise<unknown>,
    done: (outcome: Outcome) => void,
  ): void => {
    if ((running.get(fn) ?? 0) >= concurrency)
      return done({ error: 'Lambda.TooManyRequestsException', cause: 'Rate Exceeded' })
    running.set(fn, (running.get(fn) ?? 0) + 1)
    let over = false
    const end = (outcome: Outcome): void => {
      if (over) return
      over = true
      cancel()
      running.set(fn, (running.get(fn) ?? 1) - 1)
      done(outcome)
    }
    const fate = fateOf(faults)
    const invocation: Invocation = {
      id: `${fn}#${++count}`,
      fn,
      readAt: clock.now(),
      dead: false,
      asked: 0,
      spared,
      fate: spared ? { ...fate, at: 0 } : fate,
      die(error) {
        invocation.dead = true
        end({ error, cause: `${fn} ended without an answer` })
      },
    }
    const cancel = clock.after(timeoutMs, () => {
      tell(invocation.id, 'is ended by its timeout')
      invocation.die('Sandbox.Timedout')
    })
    clock.after(5 + random.below(60), async () => {
      if (invocation.dead) return
      run(invocation).then(
        (result) => end({ result }),
        (error: unknown) => {
          const { name, message } = error instanceof Error ? error : new Error(String(error))
          end({ error: name, cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }) })
        },
      )
    })
  }
  return { invoke }
}
export type Lambda = ReturnType<typeof lambda>
