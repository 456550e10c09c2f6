import { describe, expect, it } from 'vitest'
import { replayJournal } from '#cli/queues/replay-journal'
import { judge } from '../../simulator/run/judge.ts'

async function* found(journal: readonly string[]) {
  for (const [i, text] of journal.entries()) yield { where: `[${i}]`, record: JSON.parse(text) }
}

describe('the journal of a fault world', () => {
  it.each([3, 11, 20])('is decided again alike, and the world is the one without it: seed %i', async (seed) => {
    const { journal, ...world } = await judge({ seed, journaling: true })
    expect(journal.length).toBeGreaterThan(30)
    const report = await replayJournal(found(journal))
    // What may be missing is a decision whose function died before it was written down.
    expect(report).toMatchObject({ decisions: journal.length, different: [] })
    const { journal: none, ...without } = await judge({ seed })
    expect(none).toEqual([])
    expect(without).toEqual(world)
  })

  it('shows a decision that would fall otherwise today', async () => {
    const { journal } = await judge({ seed: 3, journaling: true })
    const changed = journal.map((line) => line.replaceAll('"call":"start-execution"', '"call":"another"'))
    expect(changed).not.toEqual(journal)
    const { different } = await replayJournal(found(changed))
    expect(different.length).toBeGreaterThan(0)
  })
})
