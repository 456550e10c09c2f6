import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { Environment } from '#config/environments/environment'

const folder = fileURLToPath(new URL('.', import.meta.url))

export class NoSuchEnvironment extends Error {
  override readonly name = 'NoSuchEnvironment'
}

export const environmentNames = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.schema.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort()

/** The environment of `config/environments/<name>.json`. @throws NoSuchEnvironment with what is wrong and what would be right. */
export const loadEnvironment = (name: string): Environment => {
  const file = `${folder}${name}.json`
  if (!/^[a-z0-9-]+$/.test(name) || !existsSync(file))
    throw new NoSuchEnvironment(
      `There is no environment ${JSON.stringify(name)}: config/environments has ${environmentNames().join(', ')}.`,
    )
  const read = Environment.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (read.success) return read.data
  throw new NoSuchEnvironment(`config/environments/${name}.json is not in order:\n${z.prettifyError(read.error)}`)
}
