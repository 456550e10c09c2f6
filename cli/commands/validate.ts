import { createReadStream } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'
import { isKnownPayer, isKnownType, mergePolicy } from '#domain/policy/merge'
import { type Policy, PolicyRow } from '#domain/policy/policy'
import { rulesFor } from '#domain/policy/rules-for'
import { type ValidationReport, validateStream } from '#functions/validate/validate-stream'
import { readConfigRows } from '#local/load-config'

type ValidateOptions = AwsOptions & { readonly type: string; readonly payer?: string; readonly lastFull?: number }

const ending = `
Examples:
  $ mayfly validate members.834 --type member
  $ gzip -dc week-31.837.gz | mayfly validate - --type claims --json
  $ mayfly validate members.834 --type member --payer sunrise-health   by that payer's rows in config/payers

What the function \`validate\` would say of the file, without AWS: envelope integrity, plain or gzip. File contents are
never shown.

Exit codes: 0 sound, 1 unsound, 2 could not tell.`

export const register = (program: Command) =>
  program
    .command('validate')
    .description('check a payer file on this machine, as it would be checked after landing')
    .argument('<file>', 'path of the file, or - for standard input')
    .requiredOption('--type <type>', 'file type: member, claims, or one that the rows of the payer name')
    .option('--payer <payer>', 'apply the rows of config/payers for this payer, not only the defaults')
    .option('--last-full <members>', "members of the payer's last full file, for maxDropPercent", members)
    .addHelpText('after', ending)
    .action(async (file: string, _options, command: Command) =>
      validate(file, command.optsWithGlobals<ValidateOptions>()),
    )

const members = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError(`${JSON.stringify(text)} is not a count, such as 50000.`)
  return Number(text)
}

/** Large pieces: at Node's 64 KiB the stream itself takes longer than the scan. */
const PIECE = 256 * 1024

const validate = async (file: string, { type, payer, lastFull, json }: ValidateOptions) => {
  const rules = rulesFor(await policyFor(type, payer), type, lastFull)
  const source = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: PIECE })
  const report = await validateStream(source, rules).catch((error) => {
    throw new Error(`${file} could not be read: ${error instanceof Error ? error.message : String(error)}`)
  })
  const { valid, fileType, counts } = report
  const findings = report.findings.map(({ code, severity, message, segment, byte }) => ({
    ...{ code, severity, message, segment, byte },
  }))
  process.stdout.write(
    json ? `${JSON.stringify({ valid, fileType, counts, findings }, null, 2)}\n` : described(file, report),
  )
  if (!valid) process.exitCode = 1
}

const policyFor = async (type: string, payer: string | undefined): Promise<Policy> => {
  const rows = payer === undefined ? [] : (await readConfigRows()).payers.map((row) => PolicyRow.parse(row))
  if (payer !== undefined && !isKnownPayer(rows, payer)) {
    const known = [...new Set(rows.map(({ payerId }) => payerId))].filter((id) => id !== '*')
    throw new Error(`No row of config/payers names payer ${JSON.stringify(payer)}; known: ${known.join(', ')}`)
  }
  if (!isKnownType(rows, payer ?? '*', type))
    throw new Error(
      `No rule for file type ${JSON.stringify(type)}; known without a payer's rows: member, claims (--type, --payer)`,
    )
  return mergePolicy(rows, payer ?? '*', type)
}

const described = (file: string, { valid, counts, findings, bytesRead }: ValidationReport): string => {
  const held = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []))
  const verdict = `${file}: ${valid ? 'sound' : 'unsound'} (${[...held, `${bytesRead} bytes read`].join(', ')})\n`
  if (findings.length === 0) return verdict
  const columns = [
    { title: 'SEVERITY' },
    { title: 'CODE' },
    { title: 'SEGMENT' },
    { title: 'BYTE', leaves: 1 },
    { title: 'WHAT', cut: 'end' as const, least: 30 },
  ]
  const rows = findings.map(({ severity, code, segment, byte, message }) => [
    { text: severity, tone: severity === 'error' ? ('bad' as const) : ('waits' as const) },
    code,
    String(segment),
    String(byte),
    message,
  ])
  return `${verdict}${textTable(columns, rows, terminal()).join('\n')}\n`
}
