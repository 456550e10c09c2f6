import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moves } from '#domain/schedule/moves'
import { projectFolder } from '#local/project-folder'

const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8')
const told = new Set([...read('docs/operate.md').matchAll(/`([^`]+)`/g)].map(([, word]) => word))

/** Words of the code that stand after `because`, on its line: what a job, an attempt or a lane is told. */
const written = readdirSync(join(projectFolder, 'domain'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => [...read(join('domain', path)).matchAll(/\bbecause\b(?: =|:)(.*)/g)])
  .flatMap(([, rest = '']) => [...rest.matchAll(/'([A-Za-z][\w.-]+)'/g)].map(([, word = '']) => word))

describe('docs/operate.md tells what it means, and who can change it, of', () => {
  it('reasons that are found in the code', () => {
    expect(written).toEqual(expect.arrayContaining(['behind-in-lane', 'newer-version', 'stopped-by-hand', 'unsound']))
  })

  it.each([...new Set([...Object.keys(moves), ...written])].sort())('%s', (reason) => expect(told).toContain(reason))

  it.each(['missing', 'unfinished', 'failed', 'rejected'])('a gate: member-file-%s', (state) =>
    expect(told).toContain(`member-file-${state}`),
  )
})
