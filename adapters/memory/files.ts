import type { FileVersion } from '#domain/job-id'
import type { Files } from '#domain/ports/files'

/** A version of an object, or the mark that its deletion left. `content` absent: a file of that size that nobody reads. */
export type StoredVersion = {
  version: string
  bytes: number
  content?: Uint8Array
  tags?: Record<string, string>
  deleted?: true
  /** Epoch milliseconds. */
  landedAt?: number
}

/** A versioned bucket or more: `bucket/key` → its versions, oldest first. */
export type FileState = { objects: Map<string, StoredVersion[]>; count: number }

export const noFiles = (): FileState => ({ objects: new Map(), count: 0 })

const nameOf = ({ bucket, key }: { bucket: string; key: string }): string => `${bucket}/${key}`

const add = (state: FileState, file: { bucket: string; key: string }, version: Omit<StoredVersion, 'version'>) => {
  const made = { ...version, version: `v${++state.count}` }
  const versions = state.objects.get(nameOf(file)) ?? []
  state.objects.set(nameOf(file), [...versions, made])
  return made.version
}

/** A payer drops a file at that time, epoch milliseconds; the version that it became. A number is a size without content. */
export const drop = (
  state: FileState,
  file: { bucket: string; key: string },
  content: Uint8Array | string | number,
  landedAt = 0,
): string => {
  if (typeof content === 'number') return add(state, file, { bytes: content, landedAt })
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return add(state, file, { bytes: bytes.length, content: bytes, landedAt })
}

/** An owner deletes the key: its newest version becomes a mark. */
export const deleteKey = (state: FileState, file: { bucket: string; key: string }): string =>
  add(state, file, { bytes: 0, deleted: true })

/** Read in chunks, as S3's body comes. */
const CHUNK = 65_536

/** S3's limit for one object. */
const MAX_TAGS = 10

/** The landing bucket over a plain map. */
export const files = (state: FileState): Files => {
  const exactly = (file: FileVersion): StoredVersion => {
    const found = state.objects.get(nameOf(file))?.find(({ version }) => version === file.version)
    if (!found || found.deleted)
      throw Object.assign(new Error(`there is no version ${file.version} of that ${file.bucket} object`), {
        name: state.objects.has(nameOf(file)) ? 'NoSuchVersion' : 'NoSuchKey',
      })
    return found
  }
  return {
    async head({ bucket, key, version }) {
      const versions = state.objects.get(nameOf({ bucket, key })) ?? []
      const found = version === undefined ? versions.at(-1) : versions.find((each) => each.version === version)
      return found && !found.deleted ? { version: found.version, bytes: found.bytes } : undefined
    },
    async list(bucket) {
      const files = [...state.objects].flatMap(([name, versions]) => {
        const newest = versions.at(-1)
        const key = name.slice(bucket.length + 1)
        if (!name.startsWith(`${bucket}/`) || !newest || newest.deleted) return []
        return [{ bucket, key, version: newest.version, bytes: newest.bytes, landedAt: newest.landedAt ?? 0 }]
      })
      return { files }
    },
    async read(file) {
      const { content = new Uint8Array() } = exactly(file)
      return (async function* () {
        for (let from = 0; from < content.length; from += CHUNK) yield content.subarray(from, from + CHUNK)
      })()
    },
    async tags(file) {
      return { ...exactly(file).tags }
    },
    async writeTags(file, tags) {
      const version = exactly(file)
      if (Object.keys(tags).length > MAX_TAGS)
        throw Object.assign(new Error('Object tags cannot be greater than 10'), { name: 'BadRequest' })
      version.tags = { ...tags }
    },
  }
}
