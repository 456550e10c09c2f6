import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfigRows } from '#local/load-config'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mayfly-config-'))
  await mkdir(join(folder, 'payers'))
  await writeFile(join(folder, 'pools.json'), '[{ "pool": "default", "maxVcpus": 8 }]')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const payers = (name: string, rows: unknown) => writeFile(join(folder, 'payers', name), JSON.stringify(rows))

describe('the rows of config/', () => {
  it('are every row of every payer file, whatever else a row says', async () => {
    await payers('b.json', [{ payerId: 'b', fileType: '*', priority: 3 }])
    await payers('a.json', [{ payerId: '*', fileType: 'claims', after: [{ type: 'member' }] }])
    await writeFile(join(folder, 'payers', 'notes.txt'), 'not a row')
    expect(await readConfigRows(folder)).toEqual({
      payers: [
        { payerId: '*', fileType: 'claims', after: [{ type: 'member' }] },
        { payerId: 'b', fileType: '*', priority: 3 },
      ],
      pools: [{ pool: 'default', maxVcpus: 8 }],
    })
  })

  it.each([
    { given: 'a row without its file type', rows: [{ payerId: 'a' }], says: 'fileType' },
    { given: 'an object instead of a list', rows: { payerId: 'a', fileType: '*' }, says: 'a list of rows' },
  ])('with $given name the file and the trouble', async ({ rows, says }) => {
    await payers('a.json', rows)
    await expect(readConfigRows(folder)).rejects.toThrow(new RegExp(`a\\.json .*${says}`, 's'))
  })
})
