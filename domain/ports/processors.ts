/** The artifacts bucket: processors, stored under their hash. */
export type Processors = {
  /** What `processors/<name>/latest.json` points to; undefined when the processor was never pushed. One S3 request. */
  latest(name: string): Promise<{ name: string; key: string; sha256: string; packages: string[] } | undefined>
}
