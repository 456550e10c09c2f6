/** The results bucket. Every method is one S3 request. */
export type Results = {
  /** A small JSON object; undefined when there is none. Strongly consistent. */
  readJson(key: string): Promise<unknown | undefined>
  writeJson(key: string, value: unknown): Promise<void>
  writeText(key: string, text: string): Promise<void>
  copy(from: string, to: string): Promise<void>
}
