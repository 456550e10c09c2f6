import { type Books, type Deciding, get } from '#domain/schedule/books'
import type { Act } from '#domain/schedule/items/act'
import type { Job } from '#domain/schedule/items/job'
import * as kinds from '#domain/schedule/kinds'
import { typeOf } from '#domain/schedule/lanes'

type InLane = Pick<Job, 'scope' | 'fileType' | 'registeredAt' | 'startedAt' | 'endedAt'>

/** What owners asked for a file's lane while the file stood in it, and before that the hold into which it came; newest last. */
export function* laneActs(books: Books, job: InLane): Deciding<Act[]> {
  const scope = job.scope === undefined ? undefined : yield* get(books, kinds.scope, job.scope)
  const acts = (scope && typeOf(scope, job.fileType).acts) ?? []
  const left = job.startedAt ?? job.endedAt ?? Number.POSITIVE_INFINITY
  const during = acts.filter(({ at }) => at >= job.registeredAt && at <= left)
  // A waiver is for what stood there, so it says nothing of what came later.
  const before = acts.findLast(({ action, at }) => at < job.registeredAt && action !== 'waive')
  return before?.action === 'hold' ? [before, ...during] : during
}
