import type { Transaction } from '#domain/ports/schedule-table'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Job } from '#domain/schedule/items/job'

/** A file version as it lay in S3, and what its sender knows of it. */
export type Landing = {
  at: number
  job: string
  bucket: string
  key: string
  version: string
  sequencer: string
  sound: boolean
}

/** What a machine really did. Times in milliseconds. */
export type MachineLife = {
  instanceId: string
  job: string
  round: number
  attempt: number
  launchedAt: number
  /** `TerminateAfter` */
  leaseEnds: number
  workFrom?: number
  workTo?: number
  endedAt?: number
  /** EC2 took it back before it ran. */
  refused?: true
  /** Of `result.json`, if it wrote one. */
  outcome?: 'succeeded' | 'failed' | 'retryable'
  writtenAt?: number
}

/** A transaction of `schedule` that went through, with the jobs that it changed as they were and as they are. */
export type Commit = {
  at: number
  /** When its invocation began to read. */
  readAt: number
  transaction: Transaction
  changed: { before: Job | undefined; after: Job }[]
  bodies: readonly string[]
}

export type AttemptSeen = { at: number; attempt: Attempt }
export type Violation = { check: string; at: number; what: string }

/** What really happened, as the world saw it; checks judge by this. */
export type Journal = {
  landings: Landing[]
  deletions: { at: number; key: string; sequencer: string }[]
  machines: Map<string, MachineLife>
  /** Jobs as the scheduler last wrote them. */
  jobs: Map<string, Job>
  /** When each job was first written. */
  registered: Map<string, number>
  attempts: Map<string, AttemptSeen>
  /** Names of executions that somebody stopped by hand. */
  stopped: Set<string>
  edits: { at: number; what: string; valid: boolean }[]
  /** Sweeps that came to their end, by the time they began. */
  sweeps: number[]
  /** Sums that the scheduler found wrong and put right. */
  repairs: string[]
  violations: Violation[]
}

export const emptyJournal = (): Journal => ({
  landings: [],
  deletions: [],
  machines: new Map(),
  jobs: new Map(),
  registered: new Map(),
  attempts: new Map(),
  stopped: new Set(),
  edits: [],
  sweeps: [],
  repairs: [],
  violations: [],
})

export const attemptId = ({ job, round, attempt }: Pick<Attempt, 'job' | 'round' | 'attempt'>): string =>
  `${job} r${round} a${attempt}`
