import type { EffectivePolicy } from '#cli/rows/effective-policy'
import { shownValue } from '#cli/screen/shown-value'
import type { Terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'

/** What `mayfly policy` writes: a line for every field, those that nobody has set included. */
export const policyReport = (
  { payerId, fileType, knownPayer, knownType, fields, notInForce }: EffectivePolicy,
  shown: Terminal,
): string => {
  const table = textTable(
    [{ title: 'FIELD' }, { title: 'VALUE', cut: 'end' }, { title: 'FROM' }],
    fields.map(({ field, value, from }) => [
      field,
      shownValue(value),
      from.startsWith('default') ? { text: from, tone: 'quiet' as const } : from,
    ]),
    shown,
  )
  const notes = [
    ...(knownPayer ? [] : [`No row names payer ${payerId}: its files are held (unknown-payer) until one does.`]),
    ...(knownType ? [] : [`No row names type ${fileType}: its files are held (unknown-type) until one does.`]),
    ...notInForce.map(({ row, problem }) => `Row ${row} is not in force as it stands: ${problem}`),
  ]
  return `${[...table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`
}
