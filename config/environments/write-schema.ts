import { writeFileSync } from 'node:fs'
import * as z from 'zod'
import { Environment } from '#config/environments/environment'

/** What editors read for completion and squiggles: `npx tsx config/environments/write-schema.ts` after a change of the schema. */
export const schemaText = (): string =>
  `${JSON.stringify(z.toJSONSchema(Environment, { io: 'input', unrepresentable: 'any' }), null, 2)}\n`

if (process.argv[1]?.endsWith('write-schema.ts'))
  writeFileSync(new URL('environment.schema.json', import.meta.url), schemaText())
