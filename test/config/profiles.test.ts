import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkConfig } from '#cli/rows/check-config'
import { configOfFolder } from '#cli/rows/config-rows'
import { projectFolder } from '#local/project-folder'

const folder = join(projectFolder, 'config', 'profiles')
const names = await readdir(folder)
const own = await configOfFolder()

describe('the profiles for common payers', () => {
  it.each(names)('%s has rows in which nothing is wrong, beside those of config/', async (name) => {
    const rows: unknown[] = parse(await readFile(join(folder, name), 'utf8'))
    expect(rows.length).toBeGreaterThan(0)
    const payers = [...own.payers, ...rows.map((row, i) => ({ where: `${name} [${i}]`, row }))]
    expect(checkConfig({ ...own, payers })).toEqual([])
  })
})
