/** The one FIFO queue that every fact and every request enters. */
export type Inbox = {
  /**
   * `landed`: behind all files that were announced before; `facts`: everything else.
   * Deduplication is by content, so a body must hold what makes it unique.
   */
  send(group: 'landed' | 'facts', body: string): Promise<void>
  /** Makes messages that could not be handled visible again after `seconds`, at most 10 of them. */
  retryIn(seconds: number, receiptHandles: readonly string[]): Promise<void>
}
