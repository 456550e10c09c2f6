import * as z from 'zod'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Attempt } from '#domain/schedule/items/attempt'
import * as keys from '#domain/schedule/keys'

const Open = z.object({ job: z.string(), round: z.int(), attempt: z.int() })

/** A BatchGetItem takes 100 keys. */
const PAGE = 100

/** Attempts that are open, page by page. */
export async function* openAttempts(table: Pick<ScheduleTable, 'page' | 'items'>): AsyncGenerator<Attempt> {
  let after: string | undefined
  for (;;) {
    const page = await table.page({ pk: keys.OPEN, prefix: '', limit: PAGE, ...(after === undefined ? {} : { after }) })
    const wanted = page.items.map(({ value }) => {
      const { job, round, attempt } = Open.parse(value)
      return keys.attempt(job, round, attempt)
    })
    for (const item of wanted.length === 0 ? [] : await table.items(wanted)) if (item) yield Attempt.parse(item.value)
    if (page.complete) return
    after = page.items.at(-1)?.sk
  }
}
