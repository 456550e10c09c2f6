import { gzipSync } from 'node:zlib'
import * as z from 'zod'

/** EC2's limit on user data before base64, in bytes (docs: "Run commands when you launch an EC2 instance"). */
const LIMIT_BYTES = 16_384

const Text = z
  .string()
  .min(1)
  .regex(/^[^\0]*$/, 'holds a NUL byte, which no shell variable can hold')
const Count = z.int().nonnegative()

/** What the launcher tells an instance. The names are the shell variables that `startup.sh` reads. */
export const UserDataVariables = z.strictObject({
  MAYFLY_JOB: Text,
  MAYFLY_ROUND: Count,
  MAYFLY_ATTEMPT: Count,
  MAYFLY_PAYER: Text,
  MAYFLY_TYPE: Text,
  /** Unique id of the instance role (AROA…): with the instance id it makes the run prefix that IAM lets it write. */
  MAYFLY_ROLE_ID: Text,
  MAYFLY_REGION: Text,
  MAYFLY_INPUT_BUCKET: Text,
  MAYFLY_INPUT_KEY: Text,
  MAYFLY_INPUT_VERSION: Text,
  MAYFLY_INPUT_BYTES: Count,
  MAYFLY_RESULTS_BUCKET: Text,
  MAYFLY_PROCESSOR_BUCKET: Text,
  MAYFLY_PROCESSOR_KEY: Text,
  MAYFLY_PROCESSOR_SHA256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a sha256 in lower-case hex'),
  /** The validator, where it runs before the processor; its rules come with the inputs. */
  MAYFLY_VALIDATOR_KEY: Text.optional(),
  MAYFLY_VALIDATOR_SHA256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'is not a sha256 in lower-case hex')
    .optional(),
  /** Names of dnf packages, separated by spaces; may be empty. */
  MAYFLY_PROCESSOR_PACKAGES: z
    .string()
    .regex(/^(\w[\w.+-]*( \w[\w.+-]*)*)?$/, 'is not a list of package names separated by spaces'),
  /** Time limit of the processor, in seconds. */
  MAYFLY_RUN_SECONDS: Count.positive(),
  /** The machine powers itself off after this many minutes, whatever happens. */
  MAYFLY_DEADLINE_MINUTES: Count.positive(),
  /** Seconds between two progress reports; 120 when absent. */
  MAYFLY_PROGRESS_SECONDS: Count.positive().optional(),
})
export type UserDataVariables = z.infer<typeof UserDataVariables>

/** User data that EC2 would refuse. */
export class UserDataTooLarge extends Error {
  override readonly name = 'UserDataTooLarge'
}

/**
 * The user data of one instance: the variables as quoted assignments, readable in the console, then the script, packed:
 * 14 KB of it become 6, which leaves room below EC2's limit. Plain text; the caller encodes it in base64. The same
 * variables give the same text. Throws UserDataTooLarge above EC2's 16,384 bytes, and zod's error when a variable cannot
 * be right.
 */
export function renderUserData(script: string, variables: UserDataVariables): string {
  const assignments = Object.entries(UserDataVariables.parse(variables))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${quote(String(value))}`)
  // A machine that cannot unpack its script has nothing to do here.
  const text = `#!/bin/bash
${assignments.join('\n')}
eval "$(base64 -d <<'END' | gunzip || echo shutdown -h now
${packed(script)}
END
)"
`
  const bytes = Buffer.byteLength(text)
  if (bytes > LIMIT_BYTES) {
    throw new UserDataTooLarge(`the user data has ${bytes} bytes; EC2 takes at most ${LIMIT_BYTES}`)
  }
  return text
}

/** Gzipped, in base64, without what only people read: whole lines of comment, and indentation. */
function packed(script: string): string {
  const lines = script.split('\n').map((line) => line.trimStart())
  const code = lines.filter((line) => line !== '' && !line.startsWith('#')).join('\n')
  return gzipSync(code, { level: 9 }).toString('base64')
}

/** Single quotes switch off every special character of the shell; a quote itself is closed, escaped, reopened. */
function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`
}
