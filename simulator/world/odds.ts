/** How often things go wrong, 0–1 each; asked only while faults are on. */
export type Odds = {
  /** An invocation that dies before or after one of its requests, is throttled, or loses an answer (done all the same). */
  fault: number
  /** A call that takes seconds, or (rarely) so long that the function is ended by its timeout. */
  slow: number
  slowLaunch: number
  /** Step Functions cannot reach Lambda, or hears an error while the function goes on (a zombie). */
  lambdaError: number
  sqsError: number
  /** Somebody stops an execution just when it gets its instance. */
  abandoned: number
  /** Events: said twice, very late, or (EC2 and Step Functions only) never. */
  twice: number
  late: number
  /** The same for files that land: their order of registration follows the news. */
  lateFiles: number
  lost: number
  /** RunInstances by error name; described too late. */
  refused: number
  describeLag: number
  /** Machines. */
  neverBoots: number
  /** EC2 takes a machine back before it ran, for want of capacity; a spot instance while it works, with a warning. */
  diesPending: number
  spotTaken: number
  dies: number
  diesAfterResult: number
  hangs: number
  /** A sweep that does not come. */
  noSweep: number
}

export const calm: Odds = {
  ...{ fault: 0, slow: 0, slowLaunch: 0, lambdaError: 0, sqsError: 0, abandoned: 0 },
  ...{
    twice: 0,
    late: 0,
    lateFiles: 0,
    lost: 0,
    refused: 0,
    describeLag: 0,
    neverBoots: 0,
    diesPending: 0,
    spotTaken: 0,
    dies: 0,
    diesAfterResult: 0,
  },
  ...{ hangs: 0, noSweep: 0 },
}

export const rough: Odds = {
  ...{ fault: 0.1, slow: 0.01, slowLaunch: 0.03, abandoned: 0 },
  ...{
    lambdaError: 0.04,
    sqsError: 0.05,
    twice: 0.15,
    late: 0.1,
    lateFiles: 0.1,
    lost: 0.2,
    refused: 0.2,
    describeLag: 0.5,
  },
  ...{
    neverBoots: 0.06,
    diesPending: 0.05,
    spotTaken: 0.3,
    dies: 0.1,
    diesAfterResult: 0.05,
    hangs: 0.02,
    noSweep: 0.1,
  },
}

/** A fault in every third invocation, half of all news late, lost or said twice. */
export const wild: Odds = {
  ...rough,
  ...{ fault: 0.3, slow: 0.02, slowLaunch: 0.06, twice: 0.3, late: 0.25, lateFiles: 0.25 },
  ...{ lost: 0.4, refused: 0.35, dies: 0.2, diesAfterResult: 0.1 },
}

/** EC2 has nearly nothing to give: turns come back again and again, while calls are cut short. */
export const scarce: Odds = {
  ...rough,
  diesPending: 0.3,
  fault: 0.4,
  slowLaunch: 0.25,
  refused: 0.7,
  sqsError: 0.3,
  lost: 0.5,
  noSweep: 0,
}

/** Requests take their time and owners change their minds: whatever is read is old when something is written. */
export const hasty: Odds = {
  ...rough,
  fault: 0.1,
  slow: 0.03,
  slowLaunch: 0.25,
  refused: 0.1,
  dies: 0.3,
  lambdaError: 0.15,
  abandoned: 0.2,
}

/**
 * Step Functions and Lambda hear half of each other, tables answer late: a launch is asked for again when its machine is
 * long done, and a round ends while an attempt is being written.
 */
export const cutOff: Odds = { ...hasty, slow: 0.1, lambdaError: 0.55, abandoned: 0.4, neverBoots: 0.02, dies: 0.05 }

/** Nothing fails, but everything is said again and late. */
export const talkative: Odds = { ...calm, twice: 0.6, late: 0.3 }

/** Images that do not boot, and spot instances that do not stay. */
export const unborn: Odds = { ...rough, neverBoots: 0.5, spotTaken: 0.6 }
