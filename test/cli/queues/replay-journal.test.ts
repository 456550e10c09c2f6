import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { heldInFiles, journalOfFiles } from '#cli/queues/read-journal'
import { replayJournal } from '#cli/queues/replay-journal'
import { stage } from '#test/functions/stage'

const folder = mkdtempSync(join(tmpdir(), 'mayfly-journal-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** Four decisions on two files, as text of their transcripts. */
const recorded = async (): Promise<string[]> => {
  const world = stage(1)
  Object.assign(world.deps, { journal: world.deps.results })
  await world.admit('acme/member/m1')
  await world.admit('acme/claims/c1')
  return [...world.state.results].filter(([key]) => key.startsWith('journal/')).map(([, text]) => text)
}
const texts = await recorded()
const [first = '', second = '', third = '', fourth = ''] = texts
const untrue = second.replace(/"digest":"[0-9a-f]+"/, `"digest":"${'0'.repeat(64)}"`)

describe('a journal in files', () => {
  it.each([
    { given: 'one to a file', files: [file('1.json', first), file('2.json', second)], decisions: 2 },
    { given: 'one to a line', files: [file('lines', `${texts.join('\n')}\n`)], decisions: 4 },
    { given: 'a list', files: [file('list.json', `[${texts.join(',\n')}]`)], decisions: 4 },
    { given: 'nothing', files: [], decisions: 0 },
  ])('$given', async ({ files, decisions }) => {
    expect(await replayJournal(journalOfFiles(files))).toEqual({ decisions, different: [], missing: [] })
  })

  it('that is something else is refused', async () => {
    await expect(replayJournal(journalOfFiles([file('x.txt', 'no journal')]))).rejects.toThrow(
      /x.txt is no journal; it/,
    )
  })

  it.each([
    { given: 'JSON of another kind', text: '{"name":"mayfly","version":"0.1.0"}' },
    { given: 'a list of something else', text: '[1,2]' },
    { given: 'one line of another kind among others', text: `${first}\n{"name":"mayfly"}` },
  ])('$given is refused', async ({ text }) => {
    await expect(replayJournal(journalOfFiles([file('x.json', text)]))).rejects.toThrow(
      /x.json is no journal; it should/,
    )
  })

  it('says from where to where it goes', async () => {
    expect(await heldInFiles([file('held', texts.join('\n'))])).toEqual({ first: 0, last: 3 })
    expect(await heldInFiles([file('none', '')])).toBeUndefined()
  })

  it.each([
    {
      given: 'a gap',
      range: {},
      text: [first, fourth].join('\n'),
      report: { decisions: 2, missing: [[1, 2]], different: [] },
    },
    {
      given: 'a range',
      range: { from: 1, to: 2 },
      text: texts.join('\n'),
      report: { decisions: 2, missing: [], different: [] },
    },
    {
      given: 'one that differs',
      range: {},
      text: [first, untrue, third].join('\n'),
      report: {
        decisions: 3,
        different: [{ seq: 1, messages: ['parked'], difference: expect.stringMatching(/^the record/) }],
      },
    },
    {
      given: 'what is no transcript',
      range: {},
      text: `${first}\n{"seq":"one"}`,
      report: {
        decisions: 2,
        different: [
          { difference: expect.stringMatching(/^it is no transcript of this version: seq: .*, and \d more$/) },
        ],
      },
    },
  ])('with $given', async ({ range, text, report }) => {
    expect(await replayJournal(journalOfFiles([file('j', text)]), range)).toMatchObject(report)
  })
})
