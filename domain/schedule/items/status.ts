import * as z from 'zod'

/** Job status, in the order of a file's life; the last five are ends. */
export const Status = z.enum([
  'registered',
  'validating',
  'waiting',
  'starting',
  'running',
  'succeeded',
  'failed',
  'rejected',
  'withdrawn',
  'superseded',
])
export type Status = z.infer<typeof Status>

const over: readonly Status[] = ['succeeded', 'failed', 'rejected', 'withdrawn', 'superseded']
export const isOver = (status: Status): boolean => over.includes(status)
