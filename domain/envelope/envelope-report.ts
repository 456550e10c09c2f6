import type { Finding } from './finding.ts'

/** What a scan counts; for CSV and NDJSON a segment is a record or a line. */
export type Counts = {
  interchanges: number
  groups: number
  transactions: number
  segments: number
  members: number
  claims: number
}

export const noCounts = (): Counts => ({
  ...{ interchanges: 0, groups: 0, transactions: 0 },
  ...{ segments: 0, members: 0, claims: 0 },
})

/** What a scan says of a file. */
export type EnvelopeReport = {
  valid: boolean
  fileType: string
  counts: Counts
  /** The file holds everybody (834 with BGN08 4, verify, or RX, replace): whoever it leaves out loses coverage. */
  full: boolean
  findings: Finding[]
}
