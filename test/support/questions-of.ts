import type { Question } from '#domain/schedule/books'
import { decide } from '#domain/schedule/decide'
import type { Message } from '#domain/schedule/messages'
import type { MemoryWorld } from '#test/support/memory-world'

/** What a decision on these messages asks to know, in order. */
export const questionsOf = (messages: readonly Message[], world: MemoryWorld): Question[] => {
  const asked: Question[] = []
  const deciding = decide(messages, world.now)
  let step = deciding.next()
  while (!step.done) {
    asked.push(step.value)
    step = deciding.next(world.answer(step.value))
  }
  return asked
}
