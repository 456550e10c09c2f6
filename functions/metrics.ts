/** CloudWatch's namespace for all that Mayfly measures. */
export const NAMESPACE = 'Mayfly'

/**
 * Everything that the functions measure, with its unit and the one dimension that it may be split by. A dimension's values
 * are bounded, for CloudWatch bills every combination ($0.30 a month each): reasons, findings, owner or machine, and payers
 * only where they cost money, because a payer that runs has a row. Jobs stand in the logs, never in a dimension.
 */
export const metrics = {
  /** Files registered. */
  Arrived: { unit: 'Count' },
  /** Files found unsound; their gate stays closed until their owner acts. */
  Rejected: { unit: 'Count' },
  /** Rounds that ended `failed`. */
  Failed: { unit: 'Count' },
  Succeeded: { unit: 'Count' },
  /** Turns given. */
  Admitted: { unit: 'Count' },
  /** Turns given back because EC2 refused every candidate. */
  CapacityRefused: { unit: 'Count' },
  /** From validated and parked to its turn. */
  WaitedSeconds: { unit: 'Seconds' },
  /** Turns that got no machine for a reason that is ours: a request that EC2 will never take, a right, a table. */
  LaunchFailed: { unit: 'Count' },
  /** From its turn to a running machine. */
  LaunchLatency: { unit: 'Seconds' },
  /** Attempts whose machine went without a result. */
  Lost: { unit: 'Count' },
  /** Rounds and attempts beyond the first. */
  Retried: { unit: 'Count', by: 'By' },
  /** What machines cost, by list prices, when their attempt is closed. */
  CostUsd: { unit: 'None', by: 'Payer' },
  /** Useful of billed seconds of an attempt. */
  BurstEfficiency: { unit: 'Percent' },
  /** Files that have not started, as of the last look. */
  Waiting: { unit: 'Count', by: 'Reason' },
  OldestWaitingSeconds: { unit: 'Seconds', by: 'Reason' },
  /** How long the first file behind a closed gate has been there. */
  GateHeldSeconds: { unit: 'Seconds' },
  /** What nobody announced; a healthy system gives the sweep nothing to find. */
  Swept: { unit: 'Count', by: 'Finding' },
  /** Messages and calls set aside because they could not be applied. */
  Quarantined: { unit: 'Count' },
  /** Lanes and pools that could not be evaluated and are held. */
  Troubled: { unit: 'Count' },
  /** Sums of pools or scopes that disagreed with their jobs and were put right: there should never be one. */
  Repaired: { unit: 'Count' },
  /** Edited rows that are not in force. */
  InvalidRow: { unit: 'Count' },
  /** Batches that could not be decided and come again. */
  Undecided: { unit: 'Count' },
} as const satisfies Record<string, { unit: 'Count' | 'Seconds' | 'Percent' | 'None'; by?: string }>

export type Metric = keyof typeof metrics

/** One number; `by` is the value of the metric's dimension and goes with metrics that have one. */
export type Measure = { metric: Metric; value: number; by?: string }
