import { writeFile } from 'node:fs/promises'
import type { Sabotage } from '../sabotage/sabotage.ts'
import { startCrew } from './crew.ts'
import type { Task } from './judge.ts'

/** Tells the whole story of one world, and leaves its decisions in a file for `mayfly replay`; 1 when a rule was broken in it. */
export const runTrace = async (
  task: Task,
  sabotage: Sabotage | undefined,
  journalFile: string | undefined,
): Promise<number> => {
  const crew = await startCrew(sabotage, 1)
  const journaling = journalFile !== undefined
  const { story, violations, minutes, events, journal } = await crew.judge(0, { ...task, tracing: true, journaling })
  if (journaling) await writeFile(journalFile, journal.map((line) => `${line}\n`).join(''))
  for (const line of story) console.log(line)
  for (const { check, what } of violations) console.log(`${check}: ${what}`)
  console.log(`seed ${task.seed}: ${violations.length} violations, ${minutes} minutes, ${events} events`)
  await crew.end()
  return violations.length > 0 ? 1 : 0
}
