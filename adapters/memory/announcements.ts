import type { PayerFileDone } from '#domain/payer-file-done'
import type { Announcements } from '#domain/ports/announcements'

/** The bus as a list of what was published on it. */
export const announcements = (published: PayerFileDone[]): Announcements => ({
  async publish(done) {
    published.push(done)
  },
})
