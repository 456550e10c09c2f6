import type { Attempt } from '#domain/schedule/items/attempt'
import type { Commit } from '../world/journal.ts'
import type { World } from '../world/world.ts'

/** A rule of the world. Each method gives what is wrong, in words; nothing when all is well. */
export type Check = {
  name: string
  onCommit?(world: World, commit: Commit): string[]
  onAttempt?(world: World, attempt: Attempt, opened: boolean): string[]
  atRest?(world: World): string[]
}

/** The jobs that this transaction admitted. */
export const admittedBy = ({ changed }: Commit) =>
  changed.flatMap(({ before, after }) =>
    after.status === 'starting' && after.turn > (before?.turn ?? 0) ? [after] : [],
  )

/** Edits since the decision began to read: it may have seen either row. */
export const editedMeanwhile = ({ journal }: World, { readAt }: Commit): boolean =>
  journal.edits.some(({ at }) => at >= readAt)
