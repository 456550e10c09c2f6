import type { Processors, PushedProcessor } from '#domain/ports/processors'
import { LaunchRejected } from '#functions/launch/launch-errors'

/** `s3://<bucket>/<key>@<sha256>`: put there by other means than a push, so its hash is in the row. */
const byUri = (wanted: string, artifactsBucket: string): PushedProcessor => {
  const [, bucket, key = '', sha256 = ''] = /^s3:\/\/([^/]+)\/(.+)@([0-9a-f]{64})$/.exec(wanted) ?? []
  if (bucket !== artifactsBucket)
    throw new LaunchRejected(`the row's processor is in bucket ${bucket}; instances read ${artifactsBucket} only`)
  return { name: wanted.slice(0, wanted.lastIndexOf('@')), key, sha256, packages: [] }
}

/** What a row's `processor` means now: the latest push, a pinned one, or an archive in the artifacts bucket. */
export const processorOf = async (
  wanted: string,
  processors: Processors,
  artifactsBucket: string,
): Promise<PushedProcessor> => {
  if (wanted.startsWith('s3://')) return byUri(wanted, artifactsBucket)
  const [name = '', sha256] = wanted.split('@')
  const latest = await processors.latest(name)
  if (!latest)
    throw new LaunchRejected(
      `no processor ${JSON.stringify(name)} in the artifacts bucket; run: mayfly processors push`,
    )
  return sha256 === undefined ? latest : { ...latest, sha256, key: `processors/${name}/${sha256}.tar.gz` }
}
