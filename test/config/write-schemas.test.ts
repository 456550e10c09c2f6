import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { schemaTexts } from '#config/write-schemas'
import { PolicyRow } from '#domain/policy/policy'

it.each(Object.entries(schemaTexts()))(
  '%s is that of the rows as they are (npx tsx config/write-schemas.ts)',
  async (name, text) => {
    // How it is wrapped is the formatter's business.
    const file = await readFile(new URL(`../../config/${name}`, import.meta.url), 'utf8')
    expect(JSON.parse(file)).toEqual(JSON.parse(text))
  },
)

it('hints at what each field is, and at the instance types that there are', () => {
  const { items } = JSON.parse(schemaTexts()['payer-rows.schema.json'] ?? '')
  const fields = Object.keys(PolicyRow.shape).filter((name) => name !== 'mayflyStatus')
  expect(Object.keys(items.properties)).toEqual(fields)
  expect(items.properties.priority.description).toContain('Higher goes first')
  expect(items.properties.instanceTypes.items.enum).toContain('m7i.xlarge')
  expect(items.properties.shapes.items.properties.instanceTypes.items.enum).toContain('t3.small')
})
