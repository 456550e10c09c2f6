import { nextLaunch } from '#domain/launching'
import { Superseded } from '#domain/ports/schedule-table'
import type { Call } from '#domain/schedule/calls'
import { Attempt } from '#domain/schedule/items/attempt'
import { Due } from '#domain/schedule/items/due'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { instance, launchRequest, resultWritten, writeAttempt, writeResult } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'
import type { Random } from '#test/support/random'

type Execution = {
  job: string
  round: number
  state: 'validate' | 'wait' | 'run' | 'over'
  token: string
  turn: number
}
type Machine = { id: string; state: 'on' | 'off'; recorded: boolean }

/** Percent. Everything that goes wrong around the scheduler, by chance. */
export type Odds = {
  unsound: number
  refused: number
  dies: number
  badResult: number
  crash: number
  lostEvent: number
  abort: number
}
export const calm: Odds = { unsound: 0, refused: 0, dies: 0, badResult: 0, crash: 0, lostEvent: 0, abort: 0 }

/**
 * Everything around the scheduler, as far as it can hear of it: executions of the state machine (payer-file.asl.json),
 * `launch`, machines, EC2's events. `pending` is what could happen next, in any order; `inbox` what was said and not heard.
 */
export const worldAround = (world: MemoryWorld, random: Random, odds: Odds) => {
  const executions = new Map<string, Execution>()
  const machines = new Map<string, Machine>()
  const inbox: Message[] = []
  const sending = new Set<Message>()
  const pending: (() => void)[] = []
  let tokens = 0
  const say = (...messages: Message[]) => inbox.push(...messages)
  const soon = (what: () => void) => pending.push(what)
  const newToken = (execution: Execution) => {
    execution.token = `t${++tokens}`
    return execution.token
  }
  const byToken = (token: string, state: Execution['state']) =>
    [...executions.values()].find((execution) => execution.token === token && execution.state === state)

  const settle = (execution: Execution, error?: string) => {
    execution.state = 'over'
    const { job, round } = execution
    say({ kind: 'over', job, round, ...(error === undefined ? {} : { error, cause: '{}' }) })
    if (error !== undefined && random.chance(50)) say({ kind: 'execution-ended', job, round, status: 'FAILED', error })
  }

  const park = (execution: Execution, refusedTurn: number) => {
    execution.state = 'wait'
    const { job, round } = execution
    const full = random.chance(50)
    const said = (token: string): Message => ({
      ...{ kind: 'parked', job, round, token, refusedTurn, validation: { full, counts: {}, report: 'r' } },
    })
    // A retried state says it twice; the first token is dead then, and may be heard last.
    if (random.chance(odds.crash)) say(said(newToken(execution)))
    say(said(newToken(execution)))
  }

  const validate = (execution: Execution) => {
    if (execution.state !== 'validate') return
    const job = world.job(execution.job)
    if (isOver(job.status) || job.round !== execution.round) return settle(execution, 'RoundIsOver')
    if (job.stop) return settle(execution, 'JobStopped')
    if (random.chance(odds.unsound)) return settle(execution, 'UnsoundFile')
    park(execution, 0)
  }

  const run = (execution: Execution, turn: number) => {
    execution.state = 'run'
    execution.turn = turn
    const token = newToken(execution)
    soon(() => launch(execution, turn, token))
    // A Lambda retry: the same token again.
    if (random.chance(odds.crash)) soon(() => launch(execution, turn, token))
  }

  const succeedToken = (token: string) => {
    const execution = byToken(token, 'run')
    if (execution) settle(execution)
  }
  const failToken = (token: string, error: string) => {
    const execution = byToken(token, 'run')
    if (!execution) return
    if (error === 'CapacityUnavailable') return park(execution, execution.turn)
    if (['InstanceLost', 'RetryableFailure', 'Superseded'].includes(error)) return run(execution, execution.turn)
    settle(execution, error)
  }

  const launch = (execution: Execution, turn: number, token: string) => {
    const { job: id, round } = execution
    const job = world.get(kinds.job, id)
    const attempts = world.under(`JOB#${id}`, keys.attemptPrefix(round)).map(({ value }) => Attempt.parse(value))
    const next = nextLaunch(job, { round, turn, token }, attempts, 3)
    try {
      if (next.do === 'answer-success') return succeedToken(token)
      if (next.do === 'refuse') return failToken(token, next.error)
      if (next.do === 'ignore') return
      const attempt =
        next.do === 'adopt'
          ? next.attempt.tokens.includes(token)
            ? next.attempt
            : writeAttempt(
                world,
                { ...next.attempt, rev: next.attempt.rev + 1, tokens: [...next.attempt.tokens, token] },
                next.attempt.rev,
              )
          : writeAttempt(
              world,
              {
                ...{ job: id, round, attempt: next.attempt, turn, rev: 1, state: 'open', candidate: 0 },
                ...{ request: launchRequest, tokens: [token], openedAt: world.now },
              },
              undefined,
            )
      // A crash between the attempt and its machine: the state machine enters again.
      if (random.chance(odds.crash)) soon(() => failToken(token, 'Superseded'))
      else soon(() => runMachine(attempt, token))
    } catch (error) {
      if (!(error instanceof Superseded)) throw error
      failToken(token, 'Superseded')
    }
  }

  const runMachine = (attempt: Attempt, token: string) => {
    if (attempt.instanceId !== undefined) return
    try {
      if (random.chance(odds.refused)) {
        writeAttempt(world, { ...attempt, rev: attempt.rev + 1, state: 'refused' }, attempt.rev)
        return failToken(token, 'CapacityUnavailable')
      }
      // The client token: the same attempt always gets the same machine.
      const id = `i-${attempt.job.replace(/[^a-z0-9]/g, '')}r${attempt.round}a${attempt.attempt}`
      const machine = machines.get(id) ?? { id, state: 'on', recorded: false }
      if (!machines.has(id)) soon(() => live(machine))
      machines.set(id, machine)
      if (random.chance(odds.crash)) return soon(() => failToken(token, 'Superseded'))
      soon(() => record(attempt, machine))
    } catch (error) {
      if (!(error instanceof Superseded)) throw error
      failToken(token, 'Superseded')
    }
  }

  /** As `launch` does: recorded while its attempt is open and has none or this one; ended at once otherwise. */
  const record = (attempt: Attempt, machine: Machine): void => {
    try {
      writeAttempt(world, { ...attempt, rev: attempt.rev + 1, instanceId: machine.id }, attempt.rev)
      machine.recorded = true
    } catch (error) {
      if (!(error instanceof Superseded)) throw error
      const now = world.get(kinds.attempt, attempt.job, attempt.round, attempt.attempt)
      if (now?.state !== 'open' || (now.instanceId ?? machine.id) !== machine.id) return off(machine)
      if (now.instanceId === undefined) record(now, machine)
    }
  }

  const off = (machine: Machine) => {
    if (machine.state === 'off') return
    machine.state = 'off'
    if (!random.chance(odds.lostEvent)) say(instance(machine.id, random.chance(80) ? 'terminated' : 'stopped'))
  }

  /** A machine without its record has no input: it waits for one until its own deadline. */
  const live = (machine: Machine) => {
    if (machine.state === 'off') return
    if (!machine.recorded) return random.chance(30) ? off(machine) : soon(() => live(machine))
    if (random.chance(odds.dies)) return off(machine)
    say(instance(machine.id, 'running'))
    soon(() => {
      if (machine.state === 'off') return
      if (random.chance(odds.dies)) return off(machine)
      const outcome = random.chance(odds.badResult) ? random.pick(['failed', 'retryable'] as const) : 'succeeded'
      writeResult(world, machine.id, outcome)
      say(resultWritten(machine.id))
      off(machine)
    })
  }

  const carryOut = (call: Call) => {
    switch (call.call) {
      case 'start-execution': {
        const job = world.job(call.job)
        const name = `${call.job} ${call.round}`
        if (isOver(job.status) || job.round !== call.round || executions.has(name)) return
        const execution: Execution = { job: call.job, round: call.round, state: 'validate', token: '', turn: 0 }
        executions.set(name, execution)
        return soon(() => validate(execution))
      }
      case 'answer-turn':
        for (const token of call.tokens) {
          const execution = byToken(token, 'wait')
          if (execution) run(execution, call.turn)
        }
        return
      case 'fail-tokens':
        for (const token of call.tokens) {
          const execution = byToken(token, 'wait')
          if (execution) settle(execution, call.error)
        }
        return
      case 'answer-attempt': {
        const attempt = world.get(kinds.attempt, call.job, call.round, call.attempt)
        for (const token of attempt?.tokens ?? [])
          if (call.error === undefined) succeedToken(token)
          else failToken(token, call.error)
        return
      }
      case 'terminate': {
        const machine = machines.get(call.instanceId)
        return machine && off(machine)
      }
      case 'send':
        return say(JSON.parse(call.body))
    }
  }

  return {
    inbox,
    pending,
    executions,
    machines,
    /** What was said, or is about to be, and was not heard. */
    coming: (): Message[] => [...inbox, ...sending],
    carryOut: (call: Call) => {
      const message: Message | undefined = call.call === 'send' ? JSON.parse(call.body) : undefined
      if (message) sending.add(message)
      soon(() => {
        if (message) sending.delete(message)
        carryOut(call)
      })
    },
    /** Somebody stops an execution in the console. */
    abort: () => {
      const alive = [...executions.values()].filter(({ state }) => state !== 'over')
      const execution = alive.length > 0 && random.chance(odds.abort) ? random.pick(alive) : undefined
      if (!execution) return
      execution.state = 'over'
      say({ kind: 'execution-ended', job: execution.job, round: execution.round, status: 'ABORTED' })
    },
    /** The state's own timeout: what ends an instance's turn when nobody answers its token. How many it ended. */
    timeOut: (): number => {
      const stuck = [...executions.values()].filter(({ state }) => state === 'run')
      for (const execution of stuck) settle(execution, 'States.Timeout')
      return stuck.length
    },
    /** What `sweep` finds: due times, and open attempts whose machines are gone. */
    sweep: () => {
      for (const { sk, value } of world.under(keys.DUE))
        if (Number(sk.split('#')[0]) <= world.now) say({ kind: 'due', sk, scope: Due.parse(value).scope })
      for (const machine of machines.values())
        if (machine.state === 'off' && machine.recorded) say(instance(machine.id, 'terminated'))
    },
  }
}
