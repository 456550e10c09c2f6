import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { addAwsOptions } from '#cli/aws/aws-options'
import { commands } from '#cli/commands'
import { projectFolder } from '#local/project-folder'

const folder = mkdtempSync(join(tmpdir(), 'mayfly-commands-'))
afterAll(() => rmSync(folder, { recursive: true }))

const mayfly = (args: readonly string[], input?: string) =>
  spawnSync(process.execPath, [join(projectFolder, 'bin', 'mayfly.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, MAYFLY_DEBUG: '' },
    ...(input !== undefined && { input }),
  })

/** Parses a command line in this process: what was written, and the error that main would show as one line. */
const parsed = async (...args: readonly string[]) => {
  const written: string[] = []
  const writing = {
    writeOut: (text: string) => void written.push(text),
    writeErr: (text: string) => void written.push(text),
  }
  const parsing = addAwsOptions(new Command('mayfly').exitOverride().configureOutput(writing))
  for (const register of commands) register(parsing)
  const error = await parsing.parseAsync(['node', 'mayfly', ...args]).then(
    () => undefined,
    (reason: Error) => reason,
  )
  return { written: written.join(''), error, code: error instanceof CommanderError ? error.exitCode : undefined }
}

// Port 9 (discard) of loopback: nothing listens.
const nowhere = ['--endpoint-url', 'http://127.0.0.1:9']

describe('arguments', () => {
  beforeAll(() => void vi.stubEnv('AWS_MAX_ATTEMPTS', '1'))
  afterAll(() => void vi.unstubAllEnvs())

  it.each([
    { args: ['jobs', '--status', 'done'], says: /'done' is invalid. Allowed choices are registered, validating/ },
    { args: ['explain'], says: /missing required argument 'job\|key'/ },
    { args: ['validate', 'x.834'], says: /required option '--type <type>'/ },
    { args: ['demo', '--members', 'many'], says: /It should be a whole number from 1/ },
    { args: ['retry', 'abcdef'], says: /required option '--why <text>'/ },
    { args: ['stop', '--why', 'x'], says: /missing required argument 'job\|key'/ },
    { args: ['waive', '--why', 'x'], says: /required option '--lane <lane>'/ },
    {
      args: ['hold', 'abcdef', '--why', 'x', '--timeout', 'soon'],
      says: /It should be a number of seconds, 0 or more/,
    },
    { args: ['submit', 'a.834', '--payer', 'acme'], says: /required option '--type <type>'/ },
    { args: ['policy', 'acme'], says: /missing required argument 'type'/ },
    { args: ['status', '--watch', 'often'], says: /It should be a number of seconds, 0 or more/ },
    {
      args: ['redrive', 'inbox'],
      says: /'inbox' is invalid for argument 'queue'. Allowed choices are dead, undelivered/,
    },
    { args: ['export', 'rows'], says: /'rows' is invalid for argument 'what'. Allowed choices are jobs, attempts/ },
    { args: ['logs'], says: /missing required argument 'job\|key'/ },
    { args: ['replay', '--from', 'first'], says: /It should be the number of a decision, such as 120/ },
    { args: ['config', 'chek'], says: /unknown command 'chek'/ },
    { args: ['processors', 'pull'], says: /unknown command 'pull'/ },
  ])('$args are refused', async ({ args, says }) => {
    const { written, code } = await parsed(...args)
    expect(written).toMatch(says)
    expect(code).toBe(1)
  })

  it.each([
    { args: ['validate', 'x.834', '--type', 'pharmacy'], says: /^No rule for file type "pharmacy"; known/ },
    { args: ['validate', 'x.834', '--type', 'member', '--payer', 'acme'], says: /names payer "acme"; known: bluebird/ },
    { args: ['validate', 'x.834', '--type', 'member'], says: /^x.834 could not be read: ENOENT/ },
    { args: ['demo', 'out.json'], says: /^Unexpected argument "out.json"; a file name belongs after --json/ },
    { args: ['status', ...nowhere], says: /^The stack Mayfly could not be read at http:\/\/127.0.0.1:9/ },
    { args: ['jobs', ...nowhere], says: /Start a local one with/ },
    { args: ['explain', 'abcdef', ...nowhere], says: /^The stack Mayfly could not be read/ },
    { args: ['hold', '--why', 'x'], says: /^hold takes a file or --lane <payer>\/<type>, and got neither/ },
    { args: ['hold', 'abcdef', '--lane', 'a/claims', '--why', 'x'], says: /^hold takes a file or --lane .*not both/ },
    { args: ['resume', '--lane', 'claims', '--why', 'x'], says: /^"claims" is no lane; it should be/ },
    { args: ['retry', 'abcdef', '--why', 'x', ...nowhere], says: /^The stack Mayfly could not be read/ },
    { args: ['submit', 'x', '--payer', 'a b', '--type', 'claims'], says: /^"a b\/claims\/x" would not be understood/ },
    {
      args: ['config', 'check', '--local', '/nope'],
      says: /^\/nope is not there; a folder of rows has pools.yaml and/,
    },
    { args: ['config', 'check', '--local', '/dev/null'], says: /^ENOTDIR/ },
    ...[
      'config diff',
      'config push',
      'config pull',
      'redrive',
      'report',
      'export jobs',
      'logs abcdef',
      'open abcdef',
    ].map((line) => ({ args: [...line.split(' '), ...nowhere], says: /: nothing listens there/ })),
    // Before anything else is done: this address would be told otherwise, and the demo takes 40 s.
    ...['demo --once --json', 'report --out', 'export jobs --out'].map((line) => ({
      args: [...line.split(' '), '/nope/out', ...nowhere],
      says: /^--(json|out) \/nope\/out cannot be written: there is no folder \/nope; make it first/,
    })),
    {
      args: ['report', '--out', '/tmp', ...nowhere],
      says: /^--out \/tmp cannot be written: it is a folder; name a file/,
    },
    { args: ['export', 'jobs', '--out', '/dev/null/x', ...nowhere], says: /: \/dev\/null is no folder/ },
    { args: ['replay', '--from', '5', '--to', '3', ...nowhere], says: /^--from 5 comes after --to 3; it should not/ },
    {
      args: ['replay', join(projectFolder, 'package.json')],
      says: /package.json is no journal; it should hold JSON: a/,
    },
    {
      args: ['idle-cost', '--env', 'nope'],
      says: /^There is no environment "nope": config\/environments has dev, prod/,
    },
    {
      args: ['submit', '/tmp', '--payer', 'a', '--type', 'claims', ...nowhere],
      says: /^\/tmp is a folder; submit needs/,
    },
    { args: ['cost', ...nowhere], says: /^The stack Mayfly could not be read/ },
    { args: ['advise', ...nowhere], says: /^The stack Mayfly could not be read/ },
    { args: ['idle-cost', '--template', '/dev/null'], says: /^\/dev\/null is no template as JSON/ },
    { args: ['prices', 'refresh', '--file', '/dev/null'], says: /^The price list has no price for t3a.nano/ },
    { args: ['processors', 'push', ...nowhere], says: /^The stack Mayfly could not be read/ },
  ])('$args end with one line', async ({ args, says }) => {
    const { written, error } = await parsed(...args)
    expect(error?.message).toMatch(says)
    expect(error?.message).not.toContain('\n')
    expect(written).toBe('')
  })

  it.each(leaves(program()).map(nameOf))('%s says what it does, gives an example and can print JSON', async (name) => {
    const { written, code } = await parsed(...name.split(' '), '--help')
    const command = leaves(program()).find((each) => nameOf(each) === name)
    expect(command?.description()).toMatch(/^\S.{9}/)
    expect(written.replace(/\s+/g, ' ')).toContain(command?.description().replace(/\s+/g, ' '))
    expect(written).toMatch(new RegExp(`Examples:[\\s\\S]*(mayfly ${name}|npm start)`))
    expect(written).toMatch(/--json\b/)
    expect(code).toBe(0)
  })

  it('are all there', () => {
    expect(leaves(program()).map(nameOf)).toEqual(expect.arrayContaining(wanted))
  })
})

function program() {
  const made = addAwsOptions(new Command('mayfly'))
  for (const register of commands) register(made)
  return made
}
/** The commands that do something, those below others included. */
function leaves(command: Command): Command[] {
  return command.commands.flatMap((each) => (each.commands.length > 0 ? leaves(each) : [each]))
}
function nameOf(command: Command): string {
  const { parent } = command
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name()
}
/** What an operator is promised (README). */
const wanted = [
  ...['up', 'down', 'status', 'jobs', 'explain', 'logs', 'open', 'submit'],
  ...['retry', 'excuse', 'waive', 'hold', 'resume', 'withdraw', 'stop', 'redrive'],
  ...['config check', 'config diff', 'config push', 'config pull', 'processors push', 'policy', 'validate'],
  ...['advise', 'cost', 'idle-cost', 'report', 'export', 'replay', 'prices refresh', 'demo'],
]

describe('mayfly validate', { timeout: 30_000 }, () => {
  const isa =
    'ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260105*1200*^*00501*000000001*0*P*:~'
  const body = `GS*BE*S*R*20260105*1200*1*X*005010X220A1~ST*834*0001*005010X220A1~BGN*00*1*20260105*1200****4~INS*Y*18*021~`
  const sound = `${isa}${body}SE*4*0001~GE*1*1~IEA*1*000000001~`

  it('ends with 0 for a sound file', () => {
    const file = join(folder, 'sound.834')
    writeFileSync(file, sound)
    const ended = mayfly(['validate', file, '--type', 'member', '--payer', 'sunrise-health'])
    expect(ended.stdout).toMatch(/sound.834: sound \(.*1 members/)
    expect(ended.status).toBe(0)
  })

  it('ends with 1 for an unsound one, as one JSON document, from standard input', () => {
    const ended = mayfly(['validate', '-', '--type', 'member', '--json'], sound.replace('SE*4', 'SE*9'))
    const report = JSON.parse(ended.stdout)
    expect(Object.keys(report)).toEqual(['valid', 'fileType', 'counts', 'findings'])
    expect(report).toMatchObject({ valid: false, fileType: 'member', counts: { members: 1 } })
    expect(Object.keys(report.findings[0])).toEqual(['code', 'severity', 'message', 'segment', 'byte'])
    expect(report.findings[0]).toMatchObject({ code: 'IK502-4', segment: 6 })
    expect(ended.status).toBe(1)
  })
})
