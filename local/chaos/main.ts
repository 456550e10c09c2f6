import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { planChaos } from '#local/chaos/plan'
import { runChaos } from '#local/chaos/run-chaos'
import { described } from '#local/chaos/summary'

/** `npm run chaos`: files end to end on the local AWS while everything goes wrong. Exit 1: a rule was broken; 2: some
 * fault never happened, which few files cannot help; 0: neither. */
const help = `
npx tsx local/chaos/main.ts [options]
  --files N          how many small files (200)
  --payers N         of how many payers (12)
  --seed S           the same seed asks for the same faults (1)
  --instances N      machines at once (6)
  --no-events        all events of EC2 and of S3's results are lost, and nothing else goes wrong
  --sweep SECONDS    how often the sweep looks at everything; 0: as often as it does by itself, every five minutes (0)
  --timeout MINUTES  give up after (40)
  --real-cli         machines call the real AWS CLI, 0.6 s of CPU a call, instead of a light one
  --json             the figures as JSON
`
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '200' },
    payers: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
    instances: { type: 'string', default: '6' },
    'no-events': { type: 'boolean', default: false },
    sweep: { type: 'string', default: '0' },
    timeout: { type: 'string', default: '40' },
    'real-cli': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort())
const folder = await mkdtemp(join(tmpdir(), 'mayfly-chaos-'))
try {
  const { summary, wrong, seconds } = await runChaos({
    folder,
    plan: planChaos({
      files: Number(values.files),
      payers: Number(values.payers),
      seed: Number(values.seed),
      calm: values['no-events'],
    }),
    payers: Number(values.payers),
    instances: Number(values.instances),
    noEvents: values['no-events'],
    orphan: true,
    sweepSeconds: Number(values.sweep),
    timeoutMinutes: Number(values.timeout),
    realCli: values['real-cli'],
    say: (line) => void process.stderr.write(`${line}\n`),
    signal: interrupted.signal,
  })
  const text = values.json
    ? `${JSON.stringify({ seconds, wrong, ...summary }, null, 2)}\n`
    : described(summary, wrong, seconds)
  process.stdout.write(text)
  if (wrong.length > 0) process.exitCode = 1
  else if (summary.never.length > 0) process.exitCode = 2
} finally {
  await rm(folder, { recursive: true, force: true })
}
