import { openBooks } from '#domain/schedule/books'
import { type Explanation, explain } from '#domain/schedule/explain'
import type { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import { jobOf, landed, parked } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

/** What the owner of a file is told. */
export const told = (world: MemoryWorld, key: string): Explanation => {
  const explaining = explain(openBooks(world.now, 0), jobOf(key))
  let step = explaining.next()
  while (!step.done) step = explaining.next(world.answer(step.value))
  if (!step.value) throw new Error(`no explanation of ${key}`)
  return step.value
}

/** Files that were validated, one after the other. */
export const wait = (world: MemoryWorld, ...files: string[]): void => {
  for (const key of files) {
    world.run([landed(key)])
    world.run([parked(jobOf(key))])
  }
}

export const row = (fileType: string, more: Record<string, unknown> = {}) => ({
  payerId: 'acme',
  fileType,
  pool: 'p',
  ...more,
})

/** One machine, these files, and what was said then. */
export const worldOf = (files: string[], rows: unknown[], ...messages: Message[]): MemoryWorld => {
  const world = acme(1, rows)
  wait(world, ...files)
  for (const message of messages) world.run([message])
  return world
}
