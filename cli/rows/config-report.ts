import type { Change } from '#cli/rows/config-changes'
import type { Effects, Moved } from '#cli/rows/config-effects'
import type { Both } from '#cli/rows/config-sides'
import { shownValue } from '#cli/screen/shown-value'
import type { Terminal } from '#cli/screen/terminal'
import { type Cell, type Tone, textTable } from '#cli/screen/text-table'

/** Where the changes go: into the tables, or into the files. */
export type Way = 'push' | 'pull'

const tones: Partial<Record<Change['kind'], Tone>> = {
  add: 'good',
  remove: 'bad',
  conflict: 'bad',
  theirs: 'quiet',
  foreign: 'quiet',
}

/** A row that is left alone keeps what stands on the left. */
const columnsOf = (way: Way) => {
  const [left, right] = way === 'push' ? ['IN THE TABLE', 'IN THE FILE'] : ['IN THE FILE', 'IN THE TABLE']
  return [
    ...[{ title: 'ROW', cut: 'key' as const, least: 14 }, { title: 'WHAT' }, { title: 'FIELD', cut: 'end' as const }],
    ...[left, right].map((title) => ({ title, cut: 'end' as const })),
  ]
}

/** A line for every field that differs; a row that is new or gone is one line. */
export const changeTable = ({ payers, pools }: Both<readonly Change[]>, way: Way, terminal: Terminal): string[] => {
  const rows = [...pools.map((change) => ({ ...change, name: `pool ${change.name}` })), ...payers].flatMap(rowsOf)
  return rows.length === 0 ? ['Files and tables are the same.'] : textTable(columnsOf(way), rows, terminal)
}

const rowsOf = ({ name, kind, from, to, fields }: Change): Cell[][] => {
  const tone = tones[kind]
  const what: Cell = tone ? { text: kind, tone } : kind
  if (from === undefined) return [[name, what, '', '–', shownValue(to)]]
  if (to === undefined) return [[name, what, '', shownValue(from), '–']]
  return fields.map((each, i): Cell[] => [
    ...(i === 0 ? [name, what] : ['', '']),
    ...[each.field, shownValue(each.from), shownValue(each.to)],
  ])
}

/** What was found and is left as it is: who could change that. */
export const leftAlone = (changes: Both<readonly Change[]>, way: Way): string[] => {
  const all = [...changes.payers, ...changes.pools]
  const count = (kind: Change['kind']): number => all.filter((change) => change.kind === kind).length
  const [from, to] = way === 'push' ? ['files', 'tables'] : ['tables', 'files']
  const back = way === 'push' ? 'mayfly config pull' : 'mayfly config push'
  const lines = {
    conflict: `conflict: edited in the ${to} and in the ${from} since they were last the same, or never the same. Look at both; --force takes those of the ${from}.`,
    theirs: `theirs: edited in the ${to} alone, and left as they are. \`${back}\` takes them over; --force puts those of the ${from} back.`,
    foreign: `foreign: only in the ${to}, and left there. \`${back}\` takes them over.`,
  }
  return (['conflict', 'theirs', 'foreign'] as const).flatMap((kind) =>
    count(kind) === 0 ? [] : [`${count(kind)} ${lines[kind]}`],
  )
}

const standing = ({ because, pool, priority, place }: Moved['before']): string =>
  place === undefined ? `${because} (priority ${priority})` : `number ${place} in pool ${pool} (priority ${priority})`

/** What the changes move among the files that wait. */
export const effectLines = ({ moved, letIn, looked, more }: Effects, terminal: Terminal): string[] => {
  const titles = [
    { title: 'LANE', cut: 'key', least: 14 },
    { title: 'WAITING', leaves: 1 },
    { title: 'NOW', cut: 'end' },
    { title: 'THEN', cut: 'end' },
  ] as const
  const rows = moved.map(({ lane, waiting, before, after }) => [
    lane,
    String(waiting),
    standing(before),
    standing(after),
  ])
  const lanes = `${looked}${more ? ' and more' : ''} lanes with waiting files`
  return [
    ...(rows.length === 0 ? [`Of ${lanes}, none stands otherwise.`] : textTable(titles, rows, terminal)),
    ...letIn.map(({ payerId, fileType, files }) => `${files} held ${fileType} files of ${payerId} are let in.`),
  ]
}
