import { readFile } from 'node:fs/promises'
import type { JobRow } from '#cli/jobs/job-row'
import type { LaneActs } from '#cli/jobs/lane-acts-of'
import { escaped } from '#cli/report/escaped'
import { fileSection } from '#cli/report/file-section'
import { moneySection } from '#cli/report/money-section'
import { orderSection } from '#cli/report/order-section'
import { statusSection } from '#cli/report/status-section'
import { timeSection } from '#cli/report/time-section'

type Given = {
  readonly jobs: readonly JobRow[]
  readonly laneActs: LaneActs
  /** Of what: the stack's account and region, or its endpoint. */
  readonly where: string
  /** Epoch ms. */
  readonly now: number
}

/** One HTML file that holds everything: it asks nobody for anything, and its policy forbids that it could. */
export const reportPage = async ({ jobs, laneActs, where, now }: Given): Promise<string> => {
  const [css, script] = await Promise.all(
    ['report.css', 'report.js'].map((name) => readFile(new URL(name, import.meta.url), 'utf8')),
  )
  const sections = [
    head(jobs, where, now),
    statusSection(jobs),
    timeSection(jobs, now),
    orderSection(jobs, laneActs),
    moneySection(jobs),
    fileSection(jobs, laneActs, now),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Mayfly: ${jobs.length} files, ${escaped(where)}</title>
<style>${css}</style>
</head>
<body>
${sections.join('\n')}
<script>(() => {${script}})()</script>
</body>
</html>
`
}

const head = (jobs: readonly JobRow[], where: string, now: number): string =>
  `<h1>Mayfly: ${jobs.length} files</h1><p>${escaped(where)}, as of ${new Date(now).toISOString()}. Times are UTC.</p>`
