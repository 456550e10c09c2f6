import { parseArgs } from 'node:util'
import { startHypervisor } from '#local/hypervisor/hypervisor'

/** The hypervisor as a process: prints {"url"} as one line, then runs until TERM or INT, which end its instances. */
const { values } = parseArgs({
  options: {
    'emulator-url': { type: 'string' },
    'state-dir': { type: 'string' },
    'aws-cli': { type: 'string' },
    port: { type: 'string', default: '0' },
  },
})
const need = (name: 'emulator-url' | 'state-dir' | 'aws-cli'): string => {
  const value = values[name]
  if (value === undefined) throw new Error(`--${name} is missing`)
  return value
}

const hypervisor = await startHypervisor({
  emulatorUrl: need('emulator-url'),
  stateDir: need('state-dir'),
  awsCli: need('aws-cli'),
  port: Number(values.port),
  region: process.env['AWS_REGION'] ?? 'us-east-1',
  log: (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
})

let closing = false
const end = () => {
  if (closing) return
  closing = true
  hypervisor.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
}
process.on('SIGTERM', end)
process.on('SIGINT', end)
process.stdout.write(`${JSON.stringify({ url: hypervisor.url })}\n`)
