import type { ValidationReport } from '#functions/validate/validate-stream'

/** So many findings go with a job; the report holds all of them. */
const MOST_FINDINGS = 5

/** What the scheduler is told of a report: the verdict, the counts, the first errors. */
export const summaryOf = ({ valid, full, counts, findings }: ValidationReport) => ({
  ...{ valid, full, counts },
  findings: findings
    .filter(({ severity }) => severity === 'error')
    .slice(0, MOST_FINDINGS)
    .map(({ code, message, segment, byte }) => ({ code, message, segment, byte })),
})
