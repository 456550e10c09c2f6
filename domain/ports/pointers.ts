/** What lies below `done/` in the results bucket: where the output of a file is. Every method is one S3 request. */
export type Pointers = {
  /** What stands there, and the tag of that state; undefined: nothing. Strongly consistent. */
  read(key: string): Promise<{ value: unknown; tag: string } | undefined>
  /**
   * Writes if the pointer is as it was read (`tag`), or still absent (undefined).
   * @returns false when it is not: read again
   */
  write(key: string, value: unknown, tag: string | undefined): Promise<boolean>
}
