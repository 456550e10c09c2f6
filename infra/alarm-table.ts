import type { Metric } from '#functions/metrics'

/** What an alarm watches: a number of our own, or one of AWS's about a resource that the stack names. */
export type Watched =
  | { metric: Metric; by?: string }
  | { queue: 'inbox' | 'dead' | 'undelivered' | 'unreadEdits' | 'failedRuns'; metric: QueueMetric }
  | {
      step: 'schedule' | 'validate' | 'launch' | 'progress' | 'reconfigure' | 'sweep'
      metric: 'Errors' | 'Invocations'
    }
type QueueMetric = 'ApproximateAgeOfOldestMessage' | 'ApproximateNumberOfMessagesVisible'

export type AlarmRow = {
  watches: Watched
  statistic: 'Sum' | 'Maximum' | 'p90'
  /** Minutes of one period, and how many of them in a row. */
  minutes: 1 | 5 | 15 | 60 | 1440
  periods?: number
  /** In alarm at or above it; below it for `below`. */
  atLeast?: number
  below?: number
  /** What it means for people, in one sentence; the runbook has a heading of the alarm's name. */
  impact: string
}

/** What an environment sets. */
type Limits = { waitingHours: number; gateHours: number; dailyUsd: number }

const ONE = { statistic: 'Sum', minutes: 5, atLeast: 1 } as const
const LYING = { statistic: 'Maximum', minutes: 5, atLeast: 1 } as const
const HOUR = 3600

/** Alarms on impact, most urgent first. A missing number is no trouble, but for the sweep, whose silence is. */
export const alarmTable = ({ waitingHours, gateHours, dailyUsd }: Limits) =>
  ({
    'inbox-stands-still': {
      watches: { queue: 'inbox', metric: 'ApproximateAgeOfOldestMessage' },
      ...{ statistic: 'Maximum', minutes: 5, atLeast: 300 },
      impact: 'Nothing is decided: files that land are not registered, and machines that are free take no work.',
    },
    'facts-given-up': {
      watches: { queue: 'dead', metric: 'ApproximateNumberOfMessagesVisible' },
      ...LYING,
      impact: 'The scheduler gave up on messages after a hundred tries: files among them wait until they are redriven.',
    },
    'sweep-is-silent': {
      watches: { step: 'sweep', metric: 'Invocations' },
      ...{ statistic: 'Sum', minutes: 15, below: 1 },
      impact: 'Nobody looks after lost machines, and grace periods do not end: gated files stay where they are.',
    },
    'sweep-fails': {
      watches: { step: 'sweep', metric: 'Errors' },
      ...{ statistic: 'Sum', minutes: 15, atLeast: 3 },
      impact: 'What nobody announced is not found, and machines that nobody owns go on costing money.',
    },
    'batches-undecided': {
      watches: { metric: 'Undecided' },
      ...{ statistic: 'Sum', minutes: 5, periods: 2, atLeast: 5 },
      impact: 'The scheduler cannot write what it decides: every file is late, and later by the minute.',
    },
    'scheduler-fails': {
      watches: { step: 'schedule', metric: 'Errors' },
      ...{ statistic: 'Sum', minutes: 5, atLeast: 3 },
      impact: 'The scheduler dies before it can decide: every file is late.',
    },
    'validation-fails': {
      watches: { step: 'validate', metric: 'Errors' },
      // A rejected file is an error of the step as well, by design; a payer’s whole night of bad files is less than this.
      ...{ statistic: 'Sum', minutes: 15, atLeast: 50 },
      impact: 'Files cannot be validated, or a payer sends nothing but unsound ones: none of them reaches a machine.',
    },
    'launcher-fails': {
      watches: { step: 'launch', metric: 'Errors' },
      ...{ statistic: 'Sum', minutes: 5, atLeast: 3 },
      impact: 'The launcher dies before it can answer: files that have their turn get no machine, and hold capacity.',
    },
    'launches-fail': {
      watches: { metric: 'LaunchFailed' },
      ...{ statistic: 'Sum', minutes: 5, atLeast: 3 },
      impact: 'Files that have their turn get no machine: EC2 refuses what is asked, or a right or a table is missing.',
    },
    'progress-fails': {
      watches: { step: 'progress', metric: 'Errors' },
      ...{ statistic: 'Sum', minutes: 15, atLeast: 10 },
      impact: 'Nobody sees how far files are, and healthy machines may be taken for hung.',
    },
    'edits-fail': {
      watches: { step: 'reconfigure', metric: 'Errors' },
      ...{ statistic: 'Sum', minutes: 5, atLeast: 3 },
      impact: 'What analysts change in the tables moves nothing that waits.',
    },
    'events-undelivered': {
      watches: { queue: 'undelivered', metric: 'ApproximateNumberOfMessagesVisible' },
      ...LYING,
      impact: 'Files landed, or machines ended, and the scheduler was never told: they stay where they are.',
    },
    'edits-unread': {
      watches: { queue: 'unreadEdits', metric: 'ApproximateNumberOfMessagesVisible' },
      ...LYING,
      impact: 'An edited row or pool took no effect on what waits.',
    },
    'runs-failed': {
      watches: { queue: 'failedRuns', metric: 'ApproximateNumberOfMessagesVisible' },
      ...LYING,
      impact: 'A look of the sweep or a note of progress was dropped; the next one makes up for it if there is one.',
    },
    quarantined: {
      watches: { metric: 'Quarantined' },
      ...ONE,
      impact: 'A message or a call could not be applied and is set aside: one file, or one machine, may be stuck.',
    },
    'lanes-held-by-errors': {
      watches: { metric: 'Troubled' },
      ...ONE,
      impact: 'The lane of a payer cannot be evaluated and starts nothing; other payers go on.',
    },
    'sums-disagreed': {
      watches: { metric: 'Repaired' },
      ...{ statistic: 'Sum', minutes: 60, atLeast: 1 },
      impact:
        'A pool or a gate counted what was not there: files waited for it, or started too early, for up to an hour.',
    },
    'machines-nobody-owned': {
      watches: { metric: 'Swept', by: 'orphans' },
      ...ONE,
      impact: 'A machine ran that worked for no file: money was spent, and something failed to say so.',
    },
    'machines-past-their-lease': {
      watches: { metric: 'Swept', by: 'overdue' },
      ...ONE,
      impact: 'A machine outlived its script’s deadline and the state’s timeout: two of its three killers failed.',
    },
    'machines-hang': {
      watches: { metric: 'Swept', by: 'hung' },
      ...{ statistic: 'Sum', minutes: 60, atLeast: 3 },
      impact: 'Machines stand still with their work undone: each was paid for and did nothing until it was ended.',
    },
    'facts-found-by-sweep': {
      watches: { metric: 'Swept' },
      ...{ statistic: 'Sum', minutes: 60, atLeast: 10 },
      impact: 'Events get lost on their way: files end up to five minutes later than they could.',
    },
    'machines-lost': {
      watches: { metric: 'Lost' },
      ...{ statistic: 'Sum', minutes: 60, atLeast: 5 },
      impact: 'Machines die with their work undone: files run twice, finish late and cost more.',
    },
    'no-capacity': {
      watches: { metric: 'CapacityRefused' },
      ...{ statistic: 'Sum', minutes: 15, atLeast: 10 },
      impact: 'EC2 gives nothing of what the rows ask for: files have their turn and wait all the same.',
    },
    'launches-slow': {
      watches: { metric: 'LaunchLatency' },
      ...{ statistic: 'p90', minutes: 15, atLeast: 180 },
      impact: 'One machine in ten takes three minutes and more from its turn to running: bursts finish late.',
    },
    'machines-cost-much': {
      watches: { metric: 'CostUsd' },
      ...{ statistic: 'Sum', minutes: 1440, atLeast: dailyUsd },
      impact: `Machines have cost ${dailyUsd} dollars in a day: more files than usual, larger shapes, or work that is repeated.`,
    },
    'row-not-in-force': {
      watches: { metric: 'InvalidRow' },
      ...ONE,
      impact: 'Somebody edited a row, believes it holds, and it does not: the last good one does.',
    },
    'file-rejected': {
      watches: { metric: 'Rejected' },
      ...ONE,
      impact: 'A payer sent an unsound file; if it is a member file, its claims wait until somebody acts.',
    },
    'file-failed': {
      watches: { metric: 'Failed' },
      ...ONE,
      impact: 'A sound file could not be processed; what is gated behind it waits until its owner acts.',
    },
    'file-waits-long': {
      watches: { metric: 'OldestWaitingSeconds' },
      ...{ statistic: 'Maximum', minutes: 15, atLeast: waitingHours * HOUR },
      impact: `A file has waited for ${waitingHours} hours, whatever for: a deadline of its payer may be near.`,
    },
    'payer-boot-loop': {
      watches: { metric: 'Waiting', by: 'boot-loop' },
      ...{ statistic: 'Maximum', minutes: 15, atLeast: 1 },
      impact: 'Machines of a payer do not come up, one after the other: its files are held until somebody looks.',
    },
    'gate-held-long': {
      watches: { metric: 'GateHeldSeconds' },
      ...{ statistic: 'Maximum', minutes: 15, atLeast: gateHours * HOUR },
      impact: `Files have stood before a closed gate for ${gateHours} hours: it may never open by itself.`,
    },
  }) as const satisfies Record<string, AlarmRow>
