import type { PayerFileDone } from '#domain/payer-file-done'

/** EventBridge, as far as others hear of us through it. One request. */
export type Announcements = {
  /** Delivered at least once, in any order. @throws when the bus did not take it */
  publish(done: PayerFileDone): Promise<void>
}
