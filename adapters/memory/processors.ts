import { stored } from '#adapters/memory/stored'
import type { Processors } from '#domain/ports/processors'

export type PushedProcessor = NonNullable<Awaited<ReturnType<Processors['latest']>>>

/** Pushed processors over a plain map: name → what its pointer says. */
export const processors = (pushed: Map<string, PushedProcessor>): Processors => ({
  async latest(name) {
    return stored(pushed.get(name))
  },
})
