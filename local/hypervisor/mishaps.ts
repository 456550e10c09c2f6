import type { Faults, Subject } from '#local/hypervisor/faults'

/** What is to go wrong with one machine. Times count from when it runs. */
export interface Mishaps {
  /** EC2 ends it while it is pending. */
  readonly isRefused?: boolean
  /** Its user data never runs. */
  readonly isDead?: boolean
  readonly deathAfterMs?: number | undefined
  readonly freezeAfterMs?: number | undefined
  readonly interruption?: { readonly afterMs: number; readonly noticeMs: number } | undefined
}

const milliseconds = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000)

/** The faults that wait for a launch, taken off their list. */
export function mishapsOf(subject: Subject, faults: Pick<Faults, 'take'>): Mishaps {
  if (faults.take('fail-pending', subject)) return { isRefused: true }
  const interruption = faults.take('spot-interruption', subject)
  return {
    isDead: faults.take('dead-boot', subject) !== undefined,
    deathAfterMs: milliseconds(faults.take('death', subject)?.afterSeconds),
    freezeAfterMs: milliseconds(faults.take('freeze', subject)?.afterSeconds),
    interruption: interruption && {
      afterMs: interruption.afterSeconds * 1000,
      noticeMs: interruption.noticeSeconds * 1000,
    },
  }
}
