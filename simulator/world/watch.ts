import { parseOnce } from '#domain/parse-once'
import type { AttemptWrite, Transaction } from '#domain/ports/schedule-table'
import { Attempt } from '#domain/schedule/items/attempt'
import { Job } from '#domain/schedule/items/job'
import type { Check } from '../checks/check.ts'
import type { Call } from './invocation.ts'
import { attemptId, type Commit } from './journal.ts'
import type { World } from './world.ts'

const isJob = ({ key, value }: Transaction['writes'][number]): boolean =>
  key.pk.startsWith('JOB#') && key.sk === 'STATE' && value !== undefined
const isAttempt = ({ key, value }: Transaction['writes'][number]): boolean =>
  key.pk.startsWith('JOB#') && key.sk.startsWith('ATTEMPT#') && value !== undefined

/** What a decision left of an edit for later is not heard yet. */
const noteRest = (world: World, { transaction }: Commit): void => {
  for (const { item } of transaction.calls)
    if (item.what.call === 'send' && item.what.body.includes('row-edited'))
      world.unsettled.set(item.what.body, 'the rest of an edit')
}

/** Keeps the journal as port calls come through, and holds every check against what it sees. */
export const watch = (checks: readonly Check[]) => {
  const report = (world: World, check: Check, found: readonly string[] | undefined): void => {
    for (const what of found ?? []) {
      world.tell(check.name, `VIOLATION: ${what}`)
      world.journal.violations.push({ check: check.name, at: world.clock.now() - world.start, what })
    }
  }

  const committed = (world: World, { invocation, args }: Call): void => {
    const transaction = args[0] as Transaction
    const { journal, clock } = world
    const jobs = transaction.writes.filter(isJob).map(({ value }) => parseOnce(Job, value))
    const commit: Commit = {
      ...{ at: clock.now(), readAt: invocation.readAt, transaction },
      changed: jobs.map((after) => ({ before: journal.jobs.get(after.job), after })),
      bodies: world.pump.batchOf(invocation.id),
    }
    for (const { before, after } of commit.changed) {
      if (!before) journal.registered.set(after.job, clock.now())
      if (before?.status !== after.status)
        world.tell(
          'scheduler',
          `${after.key} (${after.job}) is ${after.status}${after.because ? `: ${after.because}` : ''}`,
        )
      journal.jobs.set(after.job, after)
    }
    for (const { value } of transaction.writes.filter(isAttempt)) {
      const attempt = parseOnce(Attempt, value)
      journal.attempts.set(attemptId(attempt), { at: clock.now(), attempt })
    }
    noteRest(world, commit)
    for (const check of checks) report(world, check, check.onCommit?.(world, commit))
  }

  const attempted = (world: World, { args }: Call): void => {
    const { attempt, was } = args[0] as AttemptWrite
    world.journal.attempts.set(attemptId(attempt), { at: world.clock.now(), attempt })
    world.tell('launch', `attempt ${attemptId(attempt)} is ${attempt.state}, ${attempt.instanceId ?? 'no instance'}`)
    for (const check of checks) report(world, check, check.onAttempt?.(world, attempt, was === undefined))
  }

  const onCall = (world: World, call: Call): void => {
    const [first, second] = call.args.map(String)
    switch (call.what) {
      case 'table.commit':
        return committed(world, call)
      case 'table.writeAttempt':
        return attempted(world, call)
      case 'machines.terminate':
        return world.machinery.terminate(first ?? '')
      case 'inbox.send':
        return world.pump.poke()
      case 'inbox.retryIn':
        return world.pump.poke(2010)
      case 'tables.setRowStatus':
        return world.streams.remarked('row', first ?? '', second ?? '')
      case 'tables.setPoolStatus':
        return world.streams.remarked('pool', first ?? '')
    }
  }
  const atRest = (world: World): void => {
    for (const check of checks) report(world, check, check.atRest?.(world))
  }
  return { onCall, atRest }
}
