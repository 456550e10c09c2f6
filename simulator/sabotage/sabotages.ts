import { ofTheFences } from './of-the-fences.ts'
import { ofTheScheduler } from './of-the-scheduler.ts'
import type { Sabotage } from './sabotage.ts'

/** Every row of "What the models showed", and what else was found since. */
export const sabotages: readonly Sabotage[] = [...ofTheScheduler, ...ofTheFences]

export const findSabotage = (name: string): Sabotage => {
  const found = sabotages.find((sabotage) => sabotage.name === name)
  if (!found)
    throw new Error(`no sabotage ${JSON.stringify(name)}; known: ${sabotages.map((each) => each.name).join(', ')}`)
  return found
}
