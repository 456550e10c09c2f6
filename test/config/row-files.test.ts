import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRowFiles } from '#config/row-files'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mayfly-rows-'))
  await mkdir(join(folder, 'payers'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const write = (name: string, text: string) => writeFile(join(folder, name), text)

describe('rows in files', () => {
  it('may be YAML or JSON, and are told apart by file, place and key', async () => {
    await write('pools.yaml', '- { pool: default, maxVcpus: 8 } # a quota\n')
    await write('payers/b.json', '[{ "payerId": "b", "fileType": "*" }, { "payerId": "b", "fileType": "claims" }]')
    await write('payers/a.yml', '- payerId: a\n  fileType: "*"\n  enabled: no\n')
    const { payers, pools } = await readRowFiles(folder)
    expect(pools.map(({ row }) => row)).toEqual([{ pool: 'default', maxVcpus: 8 }])
    expect(payers.map(({ where }) => where.replace(/^.*payers/, 'payers'))).toEqual([
      ...['payers/a.yml [0] a/*', 'payers/b.json [0] b/*', 'payers/b.json [1] b/claims'],
    ])
    // YAML 1.2: `no` is a word. The schema then says that it is no boolean.
    expect(payers[0]?.row).toMatchObject({ enabled: 'no' })
  })

  it.each([
    {
      given: 'a tab for indentation',
      text: '- payerId: a\n\tfileType: b\n',
      says: /a.yaml is not YAML: .* at line 2/s,
    },
    {
      given: 'a field twice',
      text: '- payerId: a\n  payerId: b\n',
      says: /a.yaml is not YAML: Map keys must be unique/,
    },
    { given: 'one row without its dash', text: 'payerId: a\n', says: /a.yaml should be a list of rows/ },
    { given: 'nothing', text: '# later\n', says: /a.yaml should be a list of rows/ },
  ])('$given is refused with its place', async ({ text, says }) => {
    await write('pools.yaml', '[]')
    await write('payers/a.yaml', text)
    await expect(readRowFiles(folder)).rejects.toThrow(says)
  })

  it('need a file of pools', async () => {
    await expect(readRowFiles(folder)).rejects.toThrow(/has no pools.yaml; it should list/)
  })
})
