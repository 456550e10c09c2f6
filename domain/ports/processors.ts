import type { Architecture } from '#domain/policy/instance-types'

export type PushedProcessor = {
  name: string
  key: string
  sha256: string
  packages: string[]
  /** What it runs on; absent: anything. */
  architectures?: Architecture[] | undefined
}

/** The artifacts bucket: processors, stored under their hash. */
export type Processors = {
  /** What `processors/<name>/latest.json` points to; undefined when the processor was never pushed. One S3 request. */
  latest(name: string): Promise<PushedProcessor | undefined>
}
