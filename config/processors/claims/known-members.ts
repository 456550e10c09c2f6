import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * The ids that the member job wrote (`members.ndjson`, in the folder or below it): the member's own and the
 * subscriber's, because a claim may name either. Undefined when there is no such file: then nothing is known, which is
 * not the same as nobody being known.
 */
export async function knownMembers(folder: string | undefined): Promise<ReadonlySet<string> | undefined> {
  if (folder === undefined) return undefined
  const names = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const files = names.filter((name) => name.endsWith('members.ndjson')).sort()
  if (files.length === 0) return undefined
  const ids = new Set<string>()
  for (const name of files) {
    for await (const line of createInterface({ input: createReadStream(join(folder, name)), crlfDelay: Infinity })) {
      if (line === '') continue
      for (const id of idsOf(line)) ids.add(id)
    }
  }
  return ids
}

function idsOf(line: string): string[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new Error('members.ndjson has a line that is not JSON')
  }
  if (typeof parsed !== 'object' || parsed === null) throw new Error('members.ndjson has a line that is not an object')
  const ids = ['memberId' in parsed && parsed.memberId, 'subscriberId' in parsed && parsed.subscriberId]
  return ids.filter((id): id is string => typeof id === 'string' && id !== '')
}
