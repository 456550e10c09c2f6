import type { Machines } from '#domain/ports/machines'
import { type ScheduleTable, Superseded } from '#domain/ports/schedule-table'
import { Attempt } from '#domain/schedule/items/attempt'
import * as keys from '#domain/schedule/keys'
import type { Log } from '#functions/log'

export type Recording = {
  table: Pick<ScheduleTable, 'writeAttempt' | 'items'>
  machines: Pick<Machines, 'terminate'>
  now: () => number
  log: Log
}

export const fenceOf = ({ job, round, turn }: Attempt) => ({ job, round, turn })

/** Another token may be added to the attempt, or a transaction be in our way, so often before the state machine tries again. */
const MAX_RECORD_TRIES = 5

/**
 * Records the instance while the attempt is open and has none; one that has this one has been served by another token.
 * Otherwise the instance is ended at once: a machine that no attempt owns must not work.
 * An open attempt is always one of a job at work: what closes a round closes its attempt in the same transaction.
 */
export const recordMachine = async (
  opened: Attempt,
  instanceId: string,
  deps: Recording,
): Promise<Attempt | undefined> => {
  let attempt = opened
  for (let tries = 1; ; tries += 1) {
    const recorded = { ...attempt, instanceId, launchedAt: deps.now(), rev: attempt.rev + 1 }
    try {
      await deps.table.writeAttempt({ attempt: recorded, was: attempt.rev, job: fenceOf(attempt), instanceId })
      return recorded
    } catch (error) {
      if (!(error instanceof Superseded)) throw error
      const [item] = await deps.table.items([keys.attempt(opened.job, opened.round, opened.attempt)])
      attempt = Attempt.parse(item?.value)
      const ours = attempt.state === 'open' && (attempt.instanceId ?? instanceId) === instanceId
      if (ours && attempt.instanceId !== undefined) return attempt
      if (ours && tries >= MAX_RECORD_TRIES) throw error
      if (ours) continue
    }
    deps.log.warn('an instance came too late for its attempt and is terminated', { instanceId })
    await deps.machines.terminate(instanceId)
    // Whoever refused the attempt answered its own token only; this one asks anew. Other ends are told to all tokens.
    if (attempt.state === 'refused')
      throw new Superseded(`attempt ${attempt.attempt} was refused by another invocation`)
    return undefined
  }
}
