import { mergePolicy } from '#domain/policy/merge'
import type { Policy } from '#domain/policy/policy'
import type { PolicyTables } from '#domain/ports/policy-tables'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { type Answer, openBooks, type Question } from '#domain/schedule/books'
import { policyRows } from '#domain/schedule/rows'

export type PolicySources = { table: Pick<ScheduleTable, 'items'>; tables: Pick<PolicyTables, 'rows'> }

const answerTo = async (question: Question, { table, tables }: PolicySources): Promise<Answer> => {
  if (question.ask === 'items') return table.items(question.keys)
  if (question.ask === 'policy-rows') return tables.rows(question.payerId)
  throw new Error(`rows in force were asked for ${question.ask}; they need items and policy-rows only`)
}

/**
 * The policy of (payer, type) by the rows in force, as the scheduler sees them: where an edit does not parse, the last good
 * row (design §3.9). Two reads, and one more for each row that does not parse.
 */
export const policyOf = async (sources: PolicySources, payerId: string, fileType: string): Promise<Policy> => {
  const reading = policyRows(openBooks(0, 0), payerId)
  let step = reading.next()
  while (!step.done) step = reading.next(await answerTo(step.value, sources))
  return mergePolicy(step.value, payerId, fileType)
}
