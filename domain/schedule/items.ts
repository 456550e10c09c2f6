import * as z from 'zod'

const Millis = z.int().nonnegative()

/** Job status, in the order of a file's life; the last six are ends. */
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

/** The shard's sequence number: raised by every transaction of `schedule`, which puts all decisions in one order. */
export const Shard = z.object({ seq: z.int().nonnegative() })

export const Need = z.object({ vcpus: z.int().nonnegative(), instances: z.int().nonnegative() })
export type Need = z.infer<typeof Need>

/** What a job has taken from a pool. */
export const Holding = z.object({ pool: z.string(), need: Need })
export type Holding = z.infer<typeof Holding>

/** An owner's act: what, who, why, when. */
export const Act = z.object({ action: z.string(), who: z.string(), why: z.string(), at: Millis })
export type Act = z.infer<typeof Act>

const ScopeType = z.object({
  /** Registered and not over, or over and started again. */
  unfinished: z.int().nonnegative(),
  /** Jobs that ended badly and were not cleared: they keep the gates of others closed. */
  blocking: z.record(z.string(), z.enum(['failed', 'rejected'])),
  /** Blocking jobs beyond those named in `blocking`, so that the item stays below DynamoDB's 400 KB. */
  blockingMore: z.int().nonnegative().optional(),
  succeeded: z.int().nonnegative(),
  running: z.int().nonnegative(),
  /** Every unfinished job of the type is listed beside the scope, and every running one in `holds`: `audit` counts by them. */
  listed: z.boolean().optional(),
  /** What each running job holds, by job. */
  holds: z.record(z.string(), Holding).optional(),
  /** The latest success: its output goes to the jobs that run after it. */
  okJob: z.string().optional(),
  /** Where this lane stands on a pool's board, if it does. */
  board: z.object({ pool: z.string(), sk: z.string() }).optional(),
  /** A pool that cannot take this lane as things are; its edits look here again. */
  heldAt: z.string().optional(),
  /** When the latest file of the lane arrived: `quietSeconds` counts from here. */
  lastArrival: Millis.optional(),
  /** `waive`: what was registered in the lane before here ignores its gate. */
  waivedBefore: z.string().optional(),
  /** `hold`: nothing of the lane starts until its owner resumes it. */
  owned: z.object({ who: z.string(), why: z.string() }).optional(),
  /** What owners asked for the lane, newest last. */
  acts: z.array(Act).optional(),
})
export type ScopeType = z.infer<typeof ScopeType>

export const Scope = z.object({
  payerId: z.string(),
  types: z.record(z.string(), ScopeType),
  /** In the scope that is the payer's own: what its machines cost on the day (UTC) on which one was last charged. */
  spent: z.object({ day: z.string(), usd: z.number() }).optional(),
  /** There too: boots in a row without a sign of life, and the last instance of them. */
  boots: z.object({ failed: z.int().positive(), instanceId: z.string() }).optional(),
})
export type Scope = z.infer<typeof Scope>

export const LaneEntry = z.object({
  job: z.string(),
  order: z.string(),
  state: z.enum(['registered', 'parked', 'started', 'failed']),
  registeredAt: Millis,
  notBefore: Millis.optional(),
  /** The file's size: what it needs may depend on it. Absent in entries from before shapes. */
  bytes: z.int().nonnegative().optional(),
  /** A full member file: it replaces what failed before it. */
  full: z.boolean().optional(),
  /** `hold`: this file does not start until its owner resumes it. */
  owned: z.object({ who: z.string(), why: z.string() }).optional(),
})
export type LaneEntry = z.infer<typeof LaneEntry>

/** What is taken from a pool now. The ceiling is a row of `capacity-pools`. */
export const PoolState = z.object({
  usedVcpus: z.int(),
  usedInstances: z.int(),
  /** It stands in the list of pools. */
  listed: z.boolean().optional(),
})
export type PoolState = z.infer<typeof PoolState>

export const BoardEntry = z.object({ scope: z.string(), type: z.string(), job: z.string() })
export type BoardEntry = z.infer<typeof BoardEntry>

/** A lane held at a pool (`never-fits`, `unknown-pool`), or a lane of a payer: where edits find the lanes they concern. */
export const LaneRef = z.object({ payerId: z.string(), scope: z.string(), type: z.string() })
export type LaneRef = z.infer<typeof LaneRef>

export const Findings = z.array(z.object({ code: z.string(), message: z.string(), segment: z.int(), byte: z.int() }))

/** The answer to a request, kept so that asking twice is asking once. */
export const Answered = z.object({
  done: z.boolean(),
  because: z.string(),
  /** What was asked, so that an id used for something else is seen. */
  asked: z
    .object({
      action: z.string(),
      job: z.string().nullish(),
      lane: z.object({ scope: z.string(), type: z.string() }).nullish(),
    })
    .optional(),
  at: Millis,
  /** DynamoDB TTL, epoch seconds. */
  expiresAt: z.int(),
})
export type Answered = z.infer<typeof Answered>

/** What a job's machines cost, all its attempts together; type, market and price are the last one's. */
export const Spent = z.object({
  instanceType: z.string(),
  market: z.enum(['spot', 'on-demand']),
  /** The instance's list price when its attempt was opened; its disk is in `usd` only. */
  usdPerHour: z.number(),
  billedSeconds: z.number(),
  usefulSeconds: z.number(),
  usd: z.number(),
})
export type Spent = z.infer<typeof Spent>

/** Everything that `schedule` knows of a job; it alone writes it. The table `jobs` shows a projection of it. */
export const Job = z.object({
  job: z.string(),
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  bytes: z.int().nonnegative(),
  payerId: z.string(),
  fileType: z.string(),
  fileName: z.string(),
  cycle: z.string().optional(),
  scope: z.string().optional(),
  order: z.string(),
  status: Status,
  /** Why it is held without an execution, or why it ended. */
  because: z.string().optional(),
  sentence: z.string().optional(),
  round: z.int().positive(),
  turn: z.int().nonnegative(),
  /** The state's timeout for this turn, seconds; from the policy at admission. */
  timeoutSeconds: z.int().positive().optional(),
  held: Holding.optional(),
  /** It ended badly and keeps gates closed. */
  blocks: z.boolean().optional(),
  stop: z.object({ status: z.enum(['withdrawn', 'superseded', 'failed']), because: z.string() }).optional(),
  /** `hold` by its owner. */
  owned: z.object({ who: z.string(), why: z.string() }).optional(),
  /** What owners asked for it, newest last. */
  history: z.array(Act).optional(),
  execution: z.string().optional(),
  full: z.boolean().optional(),
  /** By its row it is validated on its instance, which has not happened yet. */
  unvalidated: z.boolean().optional(),
  counts: z.record(z.string(), z.number()).optional(),
  report: z.string().optional(),
  findings: Findings.optional(),
  /** The jobs of the gate's types that had succeeded last when this one was admitted; the processor gets their output. */
  ranAfter: z.record(z.string(), z.string()).optional(),
  instanceId: z.string().optional(),
  attempts: z.int().nonnegative().optional(),
  spent: Spent.optional(),
  /** What its processor took at most, as the last result tells it. */
  used: z.object({ peakMemoryBytes: z.number(), cpuSeconds: z.number() }).optional(),
  output: z.object({ prefix: z.string(), names: z.array(z.string()) }).optional(),
  registeredAt: Millis,
  waitingAt: Millis.optional(),
  startedAt: Millis.optional(),
  runningAt: Millis.optional(),
  endedAt: Millis.optional(),
})
export type Job = z.infer<typeof Job>

/** The newest event seen for a key (S3's sequencer orders one key only), so that what overtakes an older event wins. */
export const KeyState = z.object({ sequencer: z.string(), job: z.string().optional(), deleted: z.boolean() })
export type KeyState = z.infer<typeof KeyState>

/** The payer's last full file that ran: what `maxDropPercent` compares with. */
export const LastFull = z.object({ job: z.string(), order: z.string(), members: z.int().nonnegative() })
export type LastFull = z.infer<typeof LastFull>

export const Tokens = z.object({ round: z.int(), tokens: z.array(z.string()) })
export type Tokens = z.infer<typeof Tokens>

export const Candidate = z.object({
  instanceType: z.string(),
  market: z.enum(['spot', 'on-demand']),
  subnet: z.string(),
  /** What it is charged by, frozen with the attempt. */
  usdPerHour: z.number().optional(),
})
export type Candidate = z.infer<typeof Candidate>

/** A candidate that EC2 did not start, and until when that is believed, so that a burst does not ask hundreds of times. */
export const Refused = Candidate.pick({ instanceType: true, market: true, subnet: true }).extend({
  /** EC2's error code, or StateReason code. */
  code: z.string(),
  until: Millis,
  /** DynamoDB TTL, epoch seconds. */
  expiresAt: z.int(),
})
export type Refused = z.infer<typeof Refused>

/** One instance for a round. `launch` opens it, moves its candidate, records the instance, appends tokens; `schedule` closes it. */
export const Attempt = z.object({
  job: z.string(),
  round: z.int(),
  attempt: z.int().positive(),
  turn: z.int(),
  /** Raised by every write, so that each writer can say "as I read it". */
  rev: z.int().positive(),
  state: z.enum(['open', 'refused', 'succeeded', 'failed', 'retryable', 'lost', 'stopped']),
  candidate: z.int().nonnegative(),
  /** What RunInstances is asked, frozen before the call: the same token must always carry the same parameters. */
  request: z.object({
    candidates: z.array(Candidate),
    roleId: z.string(),
    launchTemplate: z.object({ id: z.string(), version: z.string() }),
    processor: z.object({ name: z.string(), key: z.string(), sha256: z.string(), packages: z.array(z.string()) }),
    /** Runs before the processor, where the row validates on the instance. */
    validator: z.object({ key: z.string(), sha256: z.string() }).optional(),
    runSeconds: z.int(),
    deadlineMinutes: z.int(),
    /** So long without any progress is a hang, minutes. */
    hangMinutes: z.int().positive().optional(),
    diskGiB: z.int(),
    diskUsdPerHour: z.number().optional(),
    /** From launch to the first sign of life. Absent in attempts from before boot deadlines. */
    bootMinutes: z.int().positive().optional(),
    /** Of the policy: an AMI or an SSM parameter. */
    image: z.string().optional(),
    rootDevice: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
    terminateAfter: Millis,
  }),
  tokens: z.array(z.string()),
  instanceId: z.string().optional(),
  openedAt: Millis,
  /** When the instance was recorded: long after `openedAt` when the invocation was slow. */
  launchedAt: Millis.optional(),
  closedAt: Millis.optional(),
  /** When EC2 said that it takes the spot instance back. */
  spotNoticeAt: Millis.optional(),
  error: z.string().optional(),
  /** Why it ended `lost` or `refused`, where that is known: `boot-timeout`, `spot-interruption`, EC2's StateReason … */
  because: z.string().optional(),
})
export type Attempt = z.infer<typeof Attempt>

/** Which attempt an instance works for; `ended` when its end was heard before its record was written. */
export const Instance = z.object({
  instanceId: z.string(),
  job: z.string().optional(),
  round: z.int().optional(),
  attempt: z.int().optional(),
  ended: z.string().optional(),
  /** DynamoDB TTL, epoch seconds. */
  expiresAt: z.int().optional(),
})
export type Instance = z.infer<typeof Instance>

/** What time itself must bring back. */
export const Due = z.object({ scope: z.string(), at: Millis, reason: z.string() })
export type Due = z.infer<typeof Due>
