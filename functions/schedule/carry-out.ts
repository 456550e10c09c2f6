import type { Executions } from '#domain/ports/executions'
import type { Inbox } from '#domain/ports/inbox'
import type { Machines } from '#domain/ports/machines'
import type { PolicyTables } from '#domain/ports/policy-tables'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Call } from '#domain/schedule/calls'
import { Attempt, isOver, Job } from '#domain/schedule/items'
import * as keys from '#domain/schedule/keys'
import type { Log } from '#functions/log'

export type Acting = {
  table: Pick<ScheduleTable, 'items' | 'remove'>
  tables: PolicyTables
  executions: Executions
  machines: Pick<Machines, 'terminate'>
  inbox: Inbox
  log: Log
}

type Of<C extends Call['call']> = Extract<Call, { call: C }>

const start = async (what: Of<'start-execution'>, { table, executions }: Acting): Promise<void> => {
  const [item] = await table.items([keys.job.key(what.job)])
  const job = Job.parse(item?.value)
  if (isOver(job.status) || job.round !== what.round) return
  const { bucket, key, version, payerId, fileType } = job
  await executions.start({
    name: what.name,
    input: { job: what.job, round: what.round, bucket, key, version, payerId, fileType },
  })
}

const answerAttempt = async (what: Of<'answer-attempt'>, { table, executions }: Acting): Promise<void> => {
  const [item] = await table.items([keys.attempt.key(what.job, what.round, what.attempt)])
  const attempt = Attempt.parse(item?.value)
  for (const token of attempt.tokens)
    if (what.error === undefined)
      await executions.succeed(token, { attempt: attempt.attempt, instanceId: attempt.instanceId ?? null })
    else await executions.fail(token, what.error, what.cause ?? '')
}

const act = async (what: Call, acting: Acting): Promise<void> => {
  switch (what.call) {
    case 'start-execution':
      return start(what, acting)
    case 'answer-turn':
      for (const token of what.tokens)
        await acting.executions.succeed(token, { turn: what.turn, timeoutSeconds: what.timeoutSeconds })
      return
    case 'fail-tokens':
      for (const token of what.tokens) await acting.executions.fail(token, what.error, what.cause)
      return
    case 'answer-attempt':
      return answerAttempt(what, acting)
    case 'terminate':
      return acting.machines.terminate(what.instanceId)
    case 'send':
      return acting.inbox.send('facts', what.body)
    case 'row-status':
      return acting.tables.setRowStatus(what.payerId, what.fileType, what.status)
    case 'pool-status':
      return acting.tables.setPoolStatus(what.pool, what.status)
  }
}

/** So that a burst's answers do not queue behind one another (the one exception to one request at a time). */
const AT_ONCE = 10

/** Carries out calls and deletes each when done. One that fails stays in the outbox; the next tick finds it. */
export const carryOut = async (calls: readonly { key: keys.Key; what: Call }[], acting: Acting): Promise<void> => {
  const one = async ({ key, what }: { key: keys.Key; what: Call }): Promise<void> => {
    try {
      await act(what, acting)
      await acting.table.remove(key)
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      acting.log.error('a call was not carried out; it stays in the outbox', { call: what.call, sk: key.sk, reason })
    }
  }
  for (let i = 0; i < calls.length; i += AT_ONCE) await Promise.all(calls.slice(i, i + AT_ONCE).map(one))
}
