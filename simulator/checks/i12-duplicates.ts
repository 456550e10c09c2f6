import { isOver } from '#domain/schedule/items/status'
import { meaningOf } from '../world/pump.ts'
import type { World } from '../world/world.ts'
import type { Check } from './check.ts'

/** News of a machine may come before its record and be heard only the second time. */
const repeatable =
  /"kind":"(parked|over|deleted|landed|execution-ended)"|"Object (Created|Deleted)"|Execution Status Change/
const ofResults = /result\.json/

/** I12: duplicates change nothing; what was eaten by a crash may still be admitted. */
export const duplicates: Check = {
  name: 'I12',
  onCommit(world, { bodies, changed }) {
    const known = bodies.length > 0 && bodies.every((body) => world.pump.handled.has(meaningOf(body)))
    const all = known && bodies.every((body) => repeatable.test(body) && !ofResults.test(body))
    if (!all) return []
    return changed.flatMap(({ before: was, after }) => {
      const admitted = was?.status === 'waiting' && after.status === 'starting'
      return was?.status === after.status || admitted
        ? []
        : [`${after.key} (${after.job}) became ${after.status} by a message that was known: ${bodies.join(' ')}`]
    })
  },
}

/** How a world ended, file by file; what was replaced or deleted may have been faster or slower than that. */
export const endsOf = ({ journal }: World): Record<string, string> =>
  Object.fromEntries(
    journal.landings.map(({ job, key, sequencer }) => {
      const gone = [...journal.landings, ...journal.deletions].some(
        (other) => other.key === key && other.sequencer > sequencer,
      )
      const status = journal.jobs.get(job)?.status
      return [`${key} ${job}`, gone && status && isOver(status) ? 'over' : (status ?? 'unknown')]
    }),
  )
