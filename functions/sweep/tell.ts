import type { Log } from '#functions/log'

/** What the sweep may find; the dimension of the metric `Swept`. */
export type Finding =
  | 'deadMachines'
  | 'unheardResults'
  | 'bootTimeouts'
  | 'hung'
  | 'overdue'
  | 'orphans'
  | 'unheardExecutions'
  | 'forgottenFiles'

export type Telling = { log: Pick<Log, 'warn'> }

/** One line for one finding, so that the runbook can name the job and the machine; the metric only counts. */
export const tell = ({ log }: Telling, finding: Finding, facts: Record<string, unknown>): void =>
  log.warn('the sweep found what nobody had announced', { finding, ...facts })
