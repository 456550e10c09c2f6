import { createHash } from 'node:crypto'

/** One object version in a bucket: the identity of a file (`lessons.md` 8: events come twice, identity is bucket, key, version). */
export type FileVersion = { bucket: string; key: string; version: string }

/** The id of the job for a file: 24 hex digits of sha256(bucket, key, version); 96 bits, so no two files of an account meet. */
export const jobIdOf = ({ bucket, key, version }: FileVersion): string =>
  createHash('sha256')
    .update(JSON.stringify([bucket, key, version]))
    .digest('hex')
    .slice(0, 24)
