import { readFile } from 'node:fs/promises'
import { paginateListObjectsV2 } from '@aws-sdk/client-s3'
import type { OpenStack } from '#cli/aws/open-stack'
import { JOURNAL } from '#functions/schedule/journal'

/** A transcript as it was found, unread, and where. */
export type Found = { readonly where: string; readonly record: unknown }

/** Numbers of the first and of the last decision that there is. */
export type Held = { readonly first: number; readonly last: number }

type Range = { readonly from?: number | undefined; readonly to?: number | undefined }

/** Objects that are fetched at the same time. */
const AT_ONCE = 16

const numberOf = (key: string): number => Number.parseInt(key.slice(JOURNAL.length), 10)

/** The transcripts in the results bucket, in the order in which they were decided. */
export async function* journalOfStack(
  { s3, sources, names }: Pick<OpenStack, 's3' | 'sources' | 'names'>,
  { from = 0, to = Number.POSITIVE_INFINITY }: Range,
): AsyncGenerator<Found> {
  const query = {
    Bucket: names.ResultsBucket,
    Prefix: JOURNAL,
    StartAfter: `${JOURNAL}${String(from).padStart(12, '0')}`,
  }
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, query)) {
    const all = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]))
    const keys = all.filter((key) => numberOf(key) <= to)
    for (let i = 0; i < keys.length; i += AT_ONCE)
      yield* await Promise.all(
        keys.slice(i, i + AT_ONCE).map(async (key) => ({ where: key, record: await sources.results.readJson(key) })),
      )
    if (keys.length < all.length) return
  }
}

/** The first and the last number of the decisions in the results bucket: undefined where there is none. */
export const heldInStack = async ({ s3, names }: Pick<OpenStack, 's3' | 'names'>): Promise<Held | undefined> => {
  const numbers: number[] = []
  const query = { Bucket: names.ResultsBucket, Prefix: JOURNAL }
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, query))
    for (const { Key } of Contents) if (Key !== undefined) numbers.push(numberOf(Key))
  return ends(numbers)
}

/** The same of transcripts that lie here. */
export const heldInFiles = async (files: readonly string[]): Promise<Held | undefined> => {
  const numbers: number[] = []
  for await (const { record } of journalOfFiles(files)) numbers.push(Number(Reflect.get(Object(record), 'seq')))
  return ends(numbers)
}

const ends = (numbers: readonly number[]): Held | undefined => {
  const [first, last] = [numbers[0], numbers.at(-1)]
  return first === undefined || last === undefined ? undefined : { first, last }
}

/** Transcripts in files: one to a file, a list of them, or one to a line. @throws when a file is neither. */
export async function* journalOfFiles(files: readonly string[]): AsyncGenerator<Found> {
  for (const file of files) {
    const records = recordsIn(await readFile(file, 'utf8'), file)
    for (const [i, record] of records.entries()) yield { where: records.length === 1 ? file : `${file} [${i}]`, record }
  }
}

const recordsIn = (text: string, file: string): unknown[] => {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  for (const whole of [[text], lines])
    try {
      const records = whole.flatMap((part): unknown => JSON.parse(part))
      if (records.every(isNumbered)) return records
    } catch {
      // Not one document: then a document a line.
    }
  throw new Error(`${file} is no journal; it should hold JSON: a transcript, a list of them, or one a line`)
}

/** Of whatever version: every transcript has the number of its decision. */
const isNumbered = (record: unknown): boolean => typeof record === 'object' && record !== null && 'seq' in record
