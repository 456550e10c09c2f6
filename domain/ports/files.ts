import type { FileVersion } from '#domain/job-id'

/** The landing bucket. Every method is one S3 request. */
export type Files = {
  /** Size in bytes and version id; without a version, of the newest. Undefined: no such object. */
  head(file: { bucket: string; key: string; version?: string }): Promise<{ version: string; bytes: number } | undefined>
  /** One page of the newest versions in the bucket, deleted keys left out. */
  list(
    bucket: string,
    next?: string,
  ): Promise<{ files: (FileVersion & { bytes: number; landedAt: number })[]; next?: string }>
  /** The bytes of exactly this version. */
  read(file: FileVersion): Promise<AsyncIterable<Uint8Array>>
  tags(file: FileVersion): Promise<Record<string, string>>
  /** Replaces all tags of the version: S3 cannot add one. Ten at most. */
  writeTags(file: FileVersion, tags: Record<string, string>): Promise<void>
}
