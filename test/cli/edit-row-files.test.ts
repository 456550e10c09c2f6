import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Change, changesOf, type Row } from '#cli/config-changes'
import { editedRows, editRowFiles } from '#cli/edit-row-files'

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

it('a payer that no file names gets one of its own, which editors know', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-edit-'))
  try {
    const change = changesOf({ source: named([acme]), target: new Map(), base: new Map() })
    await mkdir(join(folder, 'payers'))
    const nothing = { payers: new Map(), pools: new Map() }
    const sides = {
      folder,
      found: { payers: [], pools: [] },
      files: nothing,
      tables: nothing,
      base: nothing,
      problems: [],
    }
    const written = await editRowFiles(sides, { payers: change, pools: [] })
    expect(written).toEqual([join(folder, 'payers', 'acme.yaml')])
    expect(await readFile(written[0] ?? '', 'utf8')).toMatch(
      /^# yaml-language-server: .*\n- payerId: acme\n {2}fileType: "\*"\n/,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
