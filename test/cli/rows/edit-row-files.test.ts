import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Change, changesOf, type Row, type Rows } from '#cli/rows/config-changes'
import { baseWithFresh, pullChanges } from '#cli/rows/config-sides'
import { editedRows, editRowFiles } from '#cli/rows/edit-row-files'
import { hasRowFiles, readRowFiles } from '#config/row-files'

const key = ['payerId', 'fileType']
const text = `# who decides
- payerId: acme # since May
  fileType: "*"
  # asked by the payer
  priority: 3
  tags: { team: a }
- payerId: acme
  fileType: claims
  note: x
`
const acme = { payerId: 'acme', fileType: '*', priority: 3, tags: { team: 'a' } }
const claims = { payerId: 'acme', fileType: 'claims', note: 'x' }
const named = (rows: readonly Row[]) => new Map(rows.map((row) => [`${row['payerId']}/${row['fileType']}`, row]))
const to = (rows: readonly Row[]): Change[] => {
  const target = named([acme, claims])
  return changesOf({ source: named(rows), target, base: target })
}

describe('the text of a file of rows', () => {
  it('keeps what people wrote around a field that changes', () => {
    const next = editedRows(text, { key, changes: to([{ ...acme, priority: 5 }, claims]) })
    expect(next).toBe(text.replace('priority: 3', 'priority: 5'))
  })

  it('gets new fields, loses others and whole rows', () => {
    const { tags: _gone, ...rest } = acme
    const next = editedRows(text, { key, changes: to([{ ...rest, after: [{ type: 'member' }] }]) })
    expect(next).toContain('# asked by the payer')
    expect(next).not.toMatch(/tags|claims/)
    expect(next).toMatch(/after:\n {4}- type: member\n/)
  })

  it('gets new rows at its end, their keys first', () => {
    const fresh = { priority: 9, fileType: 'other', payerId: 'acme' }
    const next = editedRows(text, { key, changes: to([acme, claims, fresh]) })
    expect(next).toBe(`${text}- payerId: acme\n  fileType: other\n  priority: 9\n`)
  })

  it('is none when no row is left', () => expect(editedRows(text, { key, changes: to([]) })).toBeUndefined())

  it('stays JSON where it was', () => {
    const json = JSON.stringify([acme, claims])
    const next = editedRows(json, { key, json: true, changes: to([{ ...acme, priority: 5 }, claims]) })
    expect(JSON.parse(next ?? '')).toEqual([{ ...acme, priority: 5 }, claims])
  })
})

describe('a folder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mayfly-edit-'))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const nothing = { payers: [], pools: [] }
  const added = (rows: Rows): Change[] => changesOf({ source: rows, target: new Map(), base: new Map() })

  it('gets a file for a payer that none names, which editors know', async () => {
    await mkdir(join(folder, 'payers'))
    const written = await editRowFiles({ folder, found: nothing }, { payers: added(named([acme])), pools: [] })
    expect(written).toEqual([join(folder, 'payers', 'acme.yaml')])
    expect(await readFile(written[0] ?? '', 'utf8')).toMatch(
      /^# yaml-language-server: .*\n- payerId: acme\n {2}fileType: "\*"\n/,
    )
  })

  it('that is not there is made, with a file for each payer, and one for the pools', async () => {
    const fresh = join(folder, 'not', 'there')
    expect(await hasRowFiles(fresh)).toBe(false)
    const defaults = { payerId: '*', fileType: 'member', priority: 9 }
    const pools: Rows = new Map([['small', { pool: 'small', maxVcpus: 8, maxInstances: 1 }]])
    const changes = { payers: added(named([acme, claims, defaults])), pools: added(pools) }
    const written = await editRowFiles({ folder: fresh, found: nothing }, changes)
    expect(written.map((file) => relative(fresh, file))).toEqual([
      ...[join('payers', 'acme.yaml'), join('payers', 'defaults.yaml'), 'pools.yaml'],
    ])
    expect(await hasRowFiles(fresh)).toBe(true)
    const read = await readRowFiles(fresh)
    expect(read.payers.map(({ row }) => row)).toEqual([acme, claims, defaults])
    expect(read.pools.map(({ row }) => row)).toEqual([...pools.values()])
  })
})

describe('a pull into a fresh folder', () => {
  const edited = { ...acme, priority: 5 }
  const none = { payers: new Map(), pools: new Map() }
  // acme was edited in the console since it was pushed from another folder; claims was never pushed.
  const sides = {
    ...{ folder: '', found: { payers: [], pools: [] }, problems: [], fresh: true, files: none },
    tables: { payers: named([edited, claims]), pools: new Map() },
    base: { payers: named([acme]), pools: new Map() },
  }

  it('takes every row, though the files have fewer than when both were the same', () =>
    expect(pullChanges(sides).payers.map(({ name, kind }) => [name, kind])).toEqual([
      ['acme/*', 'add'],
      ['acme/claims', 'add'],
    ]))

  it('lets the other folder not undo what it never saw', () => {
    const base = baseWithFresh(sides)
    const push = changesOf({ source: named([acme]), target: sides.tables.payers, base: base.payers })
    expect(push.find(({ name }) => name === 'acme/*')?.kind).toBe('theirs')
    expect(base.payers.get('acme/claims')).toEqual(claims)
  })
})
