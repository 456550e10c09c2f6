import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dependencyFaults, LockFile, Manifest } from '#local/dependency-faults'
import { projectFolder } from '#local/project-folder'

const json = (name: string): unknown => JSON.parse(readFileSync(join(projectFolder, name), 'utf8'))
const faultsWith = (wanted: Record<string, string>, locked: Record<string, object>) =>
  dependencyFaults(
    Manifest.parse({ dependencies: wanted }),
    LockFile.parse({ packages: { '': {}, 'node_modules/zod': { license: 'MIT', integrity: 'sha512-x' }, ...locked } }),
  )
const sealed = { license: 'MIT', integrity: 'sha512-x' }

describe('dependencies', () => {
  it('are in order', () => {
    const [manifest, lock] = [Manifest.parse(json('package.json')), LockFile.parse(json('package-lock.json'))]
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
    expect(dependencyFaults(manifest, lock)).toEqual([])
  })

  it.each([
    ['a range', { zod: '^4.6.7' }, {}, /zod is wanted as \^4\.6\.7/],
    ['AGPL', {}, { 'node_modules/a': { ...sealed, license: 'AGPL-3.0-only' } }, /a has the licence AGPL-3\.0-only/],
    ['no licence', {}, { 'node_modules/@x/a': { integrity: 'sha512-x', dev: true } }, /@x\/a has the licence none/],
    ['copyleft in a function', {}, { 'node_modules/a': { ...sealed, license: 'MPL-2.0' } }, /may reach a function/],
    ['no checksum', {}, { 'node_modules/a/node_modules/b': { license: 'MIT' } }, /b has no checksum/],
    [
      'another place',
      {},
      { 'node_modules/a': { ...sealed, resolved: 'git+ssh://git@example.org/a' } },
      /comes from git/,
    ],
    ['an install script', {}, { 'node_modules/a': { ...sealed, hasInstallScript: true } }, /runs a script/],
  ])('%s is told', (_, wanted, locked, says) => {
    const faults = faultsWith(wanted, locked)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(says)
  })

  it.each([
    ['a choice that holds an accepted licence', { ...sealed, license: '(MIT OR GPL-3.0-or-later)' }],
    ['copyleft of a tool', { ...sealed, license: 'MPL-2.0', dev: true }],
    ['a package inside of its parent', { license: 'MIT', inBundle: true }],
    ['one of another platform', { license: 'MIT', optional: true }],
  ])('%s is accepted', (_, locked) => {
    expect(faultsWith({}, { 'node_modules/a': locked })).toEqual([])
  })
})
