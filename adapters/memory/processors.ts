import { stored } from '#adapters/memory/stored'
import type { Processors, PushedProcessor } from '#domain/ports/processors'

/** Pushed processors over a plain map: name → what its pointer says. */
export const processors = (pushed: Map<string, PushedProcessor>): Processors => ({
  async latest(name) {
    return stored(pushed.get(name))
  },
})
