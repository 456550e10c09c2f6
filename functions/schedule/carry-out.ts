import type { Executions } from '#domain/ports/executions'
import type { Inbox } from '#domain/ports/inbox'
import type { Machines } from '#domain/ports/machines'
import type { PolicyTables } from '#domain/ports/policy-tables'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Call } from '#domain/schedule/calls'
import { Attempt } from '#domain/schedule/items/attempt'
import { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Log } from '#functions/log'
import { type Announcing, announce } from '#functions/schedule/announce'

export type Acting = Announcing & {
  table: Pick<ScheduleTable, 'items' | 'remove' | 'write'>
  tables: PolicyTables
  executions: Executions
  machines: Pick<Machines, 'terminate' | 'console'>
  results: Pick<Results, 'writeText'>
  inbox: Inbox
  now: () => number
  log: Log
}

type Of<C extends Call['call']> = Extract<Call, { call: C }>

const start = async (what: Of<'start-execution'>, { table, executions }: Acting): Promise<void> => {
  const [item] = await table.items([keys.job(what.job)])
  const job = Job.parse(item?.value)
  if (isOver(job.status) || job.round !== what.round) return
  const { bucket, key, version, payerId, fileType } = job
  await executions.start({
    name: what.name,
    input: { job: what.job, round: what.round, bucket, key, version, payerId, fileType },
  })
}

/** A success is announced by the same call: one of its own would be three write units and one of a transaction's hundred actions. */
const answerAttempt = async (what: Of<'answer-attempt'>, acting: Acting): Promise<void> => {
  const { table, executions } = acting
  const [item] = await table.items([keys.attempt(what.job, what.round, what.attempt)])
  const attempt = Attempt.parse(item?.value)
  for (const token of attempt.tokens)
    if (what.error === undefined)
      await executions.succeed(token, { attempt: attempt.attempt, instanceId: attempt.instanceId ?? null })
    else await executions.fail(token, what.error, what.cause ?? '')
  if (what.error === undefined) await announce(what.job, acting)
}

/**
 * A remark may be carried out late, after that of a later edit: what is written is what was decided last, and when that
 * has changed meanwhile it is written again.
 */
const remark = async (
  key: keys.Key,
  decided: string,
  { table }: Acting,
  write: (status: string) => Promise<void>,
): Promise<void> => {
  const latest = async (): Promise<string> => {
    const [item] = await table.items([key])
    return kinds.rowRemark.schema.safeParse(item?.value).data?.status ?? decided
  }
  let status: string
  do {
    status = await latest()
    await write(status)
  } while ((await latest()) !== status)
}

/** What a machine said is kept for a person; that it cannot be had is no reason to let the machine live. */
const end = async ({ instanceId, consoleTo }: Of<'terminate'>, { machines, results, log }: Acting): Promise<void> => {
  try {
    const said = consoleTo === undefined ? undefined : await machines.console(instanceId)
    if (consoleTo !== undefined && said !== undefined) await results.writeText(consoleTo, said)
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    log.warn('what an instance said on its console is not kept', { instanceId, reason })
  }
  await machines.terminate(instanceId)
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
      return end(what, acting)
    case 'send':
      return acting.inbox.send('facts', what.body)
    case 'row-status':
      return remark(keys.rowRemark(what.payerId, what.fileType), what.status, acting, (status) =>
        acting.tables.setRowStatus(what.payerId, what.fileType, status),
      )
    case 'pool-status':
      return remark(keys.poolRemark(what.pool), what.status, acting, (status) =>
        acting.tables.setPoolStatus(what.pool, status),
      )
  }
}

/** So that a burst's answers do not queue behind one another (the one exception to one request at a time). */
const AT_ONCE = 10

/** A call that failed so often is set aside for a person to look at. */
const MAX_TRIES = 20
/** The longest pause between two tries, milliseconds. */
const MAX_PAUSE_MS = 600_000

type Waiting = { key: keys.Key; what: Call; tries?: number }

/** Whom a call concerns, for the log. */
const concerned = (what: Call): Record<string, unknown> => ({
  ...('job' in what ? { job: what.job } : {}),
  ...('attempt' in what ? { attempt: what.attempt } : {}),
  ...('instanceId' in what ? { instanceId: what.instanceId } : {}),
  ...('payerId' in what ? { payer: what.payerId, type: what.fileType } : {}),
})

/** Notes the failure on the call, with a pause that doubles; after the last try it is quarantined, never forgotten. */
const putBack = async (
  { key, what, tries = 0 }: Waiting,
  reason: string,
  { table, now, log }: Acting,
): Promise<void> => {
  const facts = { call: what.call, ...concerned(what), sk: key.sk, tries: tries + 1, reason }
  if (tries + 1 >= MAX_TRIES) {
    await table.write(
      { pk: 'QUARANTINE#main', sk: `call-${key.sk}` },
      { at: now(), reason, body: JSON.stringify(what) },
    )
    await table.remove(key)
    log.error('a call was quarantined', facts)
    log.measure([{ metric: 'Quarantined', value: 1 }])
    return
  }
  const pause = tries === 0 ? 0 : Math.min(1000 * 2 ** tries, MAX_PAUSE_MS)
  await table.write(key, { at: now() + pause, tries: tries + 1, what })
  log.error('a call was not carried out; it stays in the outbox', facts)
}

/** Carries out calls and deletes each when done. One that fails stays in the outbox; a later tick finds it. */
export const carryOut = async (calls: readonly Waiting[], acting: Acting): Promise<void> => {
  const one = async (waiting: Waiting): Promise<void> => {
    try {
      await act(waiting.what, acting)
    } catch (error) {
      return putBack(waiting, error instanceof Error ? `${error.name}: ${error.message}` : String(error), acting)
    }
    await acting.table.remove(waiting.key)
  }
  for (let i = 0; i < calls.length; i += AT_ONCE) await Promise.all(calls.slice(i, i + AT_ONCE).map(one))
}
