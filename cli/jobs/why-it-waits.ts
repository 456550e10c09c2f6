import type { JobRow } from '#cli/jobs/job-row'
import { isOver } from '#domain/schedule/items/status'

/** Why it waits; in brackets, why it ended otherwise than well. */
export const whyItWaits = ({ status, because }: JobRow): string => {
  if (status === 'waiting' || status === 'registered') return because ?? ''
  return isOver(status) && status !== 'succeeded' ? `(${because ?? status})` : ''
}
