import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { instanceTypes } from '#domain/policy/instance-types'
import { PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'

/** What stands above each field in the sources is the best description that there is of it: for the hints of editors. */
const descriptions = (sources: readonly string[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const source of sources) {
    const text = readFileSync(new URL(`../domain/policy/${source}`, import.meta.url), 'utf8')
    for (const [, says, field] of text.matchAll(/\/\*\* ((?:(?!\*\/)[^\n])+) \*\/\n\s+(\w+):/g))
      if (says !== undefined && field !== undefined) found.set(field, says)
  }
  return found
}

const described = (schema: z.ZodType, title: string, ...sources: readonly string[]): string => {
  const known = descriptions(sources)
  const row = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      for (const [name, field] of Object.entries(jsonSchema.properties ?? {})) {
        if (typeof field !== 'object') continue
        field.description ??= known.get(name)
        // A refinement that JSON Schema could not know of.
        if (name === 'instanceTypes') field.items = { type: 'string', enum: Object.keys(instanceTypes) }
      }
    },
  })
  const { $schema, ...items } = row
  return `${JSON.stringify({ $schema, title, type: 'array', items }, null, 2)}\n`
}

const policySources = ['policy.ts', 'machine-fields.ts', 'shapes.ts']

/**
 * What editors read for completion and squiggles, by file name: `npx tsx config/write-schemas.ts` after a change of a row.
 * `mayflyStatus` is for the tables: nobody writes it into a file.
 */
export const schemaTexts = (): Readonly<Record<string, string>> => ({
  'payer-rows.schema.json': described(
    PolicyRow.omit({ mayflyStatus: true }),
    'Rows of payer-priority: who goes first, after what, on which machine',
    ...policySources,
  ),
  'pool-rows.schema.json': described(
    PoolRow.omit({ mayflyStatus: true }),
    'Rows of capacity-pools: what may run at the same time',
    'pool.ts',
  ),
})

if (process.argv[1]?.endsWith('write-schemas.ts'))
  for (const [name, text] of Object.entries(schemaTexts())) writeFileSync(new URL(name, import.meta.url), text)
