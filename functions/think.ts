import type { Machines } from '#domain/ports/machines'
import type { PolicyTables } from '#domain/ports/policy-tables'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Answer, Deciding, Question } from '#domain/schedule/books'

export type Sources = {
  table: Pick<ScheduleTable, 'items' | 'page' | 'count'>
  tables: PolicyTables
  results: Pick<Results, 'readJson'>
  machines: Pick<Machines, 'find'>
}

/** A BatchGetItem takes 100 keys. */
const MAX_KEYS = 100

const answerTo = async (question: Question, { table, tables, results, machines }: Sources): Promise<Answer> => {
  switch (question.ask) {
    case 'items': {
      const found = []
      for (let i = 0; i < question.keys.length; i += MAX_KEYS)
        found.push(...(await table.items(question.keys.slice(i, i + MAX_KEYS))))
      return found
    }
    case 'page':
      return table.page(question)
    case 'count': {
      let sum = 0
      let after: string | undefined
      do {
        const page = await table.count({ pk: question.pk, ...(after === undefined ? {} : { after }) })
        sum += page.count
        after = page.next
      } while (after !== undefined)
      return sum
    }
    case 'policy-rows':
      return tables.rows(question.payerId)
    case 'pool-row':
      return tables.pool(question.pool)
    case 'result':
      return results.readJson(question.key)
    case 'machine':
      return machines.find(question.instanceId)
  }
}

/** Runs a decision to its end, answering its questions one by one; `heard` is told of each. */
export const think = async <T>(
  deciding: Deciding<T>,
  sources: Sources,
  heard?: (question: Question, answer: Answer) => void,
): Promise<T> => {
  let step = deciding.next()
  while (!step.done) {
    const answer = await answerTo(step.value, sources)
    heard?.(step.value, answer)
    step = deciding.next(answer)
  }
  return step.value
}
