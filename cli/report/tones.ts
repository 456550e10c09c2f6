import type { Status } from '#domain/schedule/items/status'

/** The class in report.css by which a status is coloured. */
export const tones: Readonly<Record<Status, string>> = {
  ...{ succeeded: 'good', failed: 'bad', rejected: 'bad', withdrawn: 'quiet', superseded: 'quiet' },
  ...{ registered: 'wait', validating: 'wait', waiting: 'wait', starting: 'work', running: 'work' },
}
