import { access, constants, stat } from 'node:fs/promises'

export type S3Object = { readonly Bucket: string; readonly Key: string }
/** What is to be submitted, looked at as far as it can be without AWS. */
export type Source = { readonly name: string } & ({ readonly bytes: number } | { readonly object: S3Object })

const RIGHT = 'submit needs a regular file that can be read, or s3://<bucket>/<key>'

/** @throws when it is no regular file that can be read, or no `s3://<bucket>/<key>`. */
export const sourceOf = async (name: string): Promise<Source> => {
  if (name.startsWith('s3://')) {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(name) ?? []
    if (Bucket !== undefined && Key !== undefined) return { name, object: { Bucket, Key } }
    throw new Error(`${name} names no object; it should be s3://<bucket>/<key>`)
  }
  const found = await stat(name).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${name} ${error.code === 'ENOENT' ? 'is not there' : `cannot be looked at (${error.code})`}; ${RIGHT}`,
    )
  })
  // What comes out of a pipe has no size, and cannot be read again when an attempt fails.
  if (!found.isFile()) throw new Error(`${name} is ${kindOf(found)}; ${RIGHT}`)
  await access(name, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${name} may not be read by this user (${error.code}); ${RIGHT}`)
  })
  return { name, bytes: found.size }
}

type Kinds = Pick<Awaited<ReturnType<typeof stat>>, 'isDirectory' | 'isFIFO' | 'isSocket'>
const kindOf = (found: Kinds): string =>
  found.isDirectory() ? 'a folder' : found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device'
