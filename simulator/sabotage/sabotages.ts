import type { Sabotage } from './sabotage.ts'

export const sabotages: readonly Sabotage[] = []

export const findSabotage = (name: string): Sabotage => {
  const found = sabotages.find((sabotage) => sabotage.name === name)
  if (!found)
    throw new Error(`no sabotage ${JSON.stringify(name)}; known: ${sabotages.map((each) => each.name).join(', ')}`)
  return found
}
