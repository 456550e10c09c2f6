import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectFolder } from '#local/project-folder'
import { sabotaged } from '../../simulator/run/bundle.ts'
import { startCrew } from '../../simulator/run/crew.ts'
import { judge } from '../../simulator/run/judge.ts'
import { findSabotage, sabotages } from '../../simulator/sabotage/sabotages.ts'

describe('fault worlds', () => {
  it('the same seed tells the same story', async () => {
    const [a, b] = [await judge({ seed: 7, tracing: true }), await judge({ seed: 7, tracing: true })]
    expect(a.story.length).toBeGreaterThan(50)
    expect(a).toEqual(b)
    expect((await judge({ seed: 8, tracing: true })).storyHash).not.toBe(a.storyHash)
  })

  it('50 worlds keep every rule and go everywhere', async () => {
    const ends = new Map<string, number>()
    for (let seed = 1; seed <= 50; seed += 1) {
      const verdict = await judge({ seed })
      expect(verdict.violations, `seed ${seed}`).toEqual([])
      for (const [status, count] of Object.entries(verdict.ends)) ends.set(status, (ends.get(status) ?? 0) + count)
    }
    for (const status of ['succeeded', 'failed', 'rejected', 'withdrawn', 'superseded', 'waiting'])
      expect(ends.get(status), status).toBeGreaterThan(0)
  }, 120_000)
})

describe('sabotage', () => {
  it('a file that runs beside the one before it is noticed', async () => {
    const crew = await startCrew(findSabotage('ordered-entry-leaves-at-admission'), 1)
    const found = new Set<string>()
    for (let seed = 1; seed <= 40 && found.size === 0; seed += 1)
      for (const { check } of (await crew.judge(0, { seed })).violations) found.add(check)
    await crew.end()
    expect([...found]).not.toEqual([])
  }, 120_000)

  it('refuses when the words that it replaces are not there once', () => {
    const sabotage = { name: 'x', leftOut: '', broke: '', edits: [{ file: 'f.ts', find: 'a', put: 'b' }] }
    expect(sabotaged('cat', 'f.ts', sabotage)).toBe('cbt')
    for (const text of ['dog', 'banana']) expect(() => sabotaged(text, 'f.ts', sabotage)).toThrow('instead of once')
  })

  it.each(sabotages)('$name still finds the words that it replaces', async (sabotage) => {
    for (const file of new Set(sabotage.edits.map((edit) => edit.file))) {
      const text = await readFile(join(projectFolder, file), 'utf8')
      expect(sabotaged(text, file, sabotage)).not.toBe(text)
    }
  })

  it('has a name and a reason each', () => {
    expect(new Set(sabotages.map(({ name }) => name)).size).toBe(sabotages.length)
    expect(() => findSabotage('nothing')).toThrow('no sabotage')
  })
})
