import { type FileVersion, jobIdOf } from '#domain/job-id'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Message } from '#domain/schedule/messages'

/** Step Functions' tokens are long (up to 2,048 characters) and stand in items: here 800. */
const TOKEN_TAIL = 'x'.repeat(776)
export const tokenFor = (job: string): string => `${job}.${TOKEN_TAIL}`

const fileOf = (payerId: string, type: string, n: number): FileVersion => ({
  bucket: 'landing',
  key: `${payerId}/${type}/file-${String(n).padStart(7, '0')}.x12`,
  version: `v${String(n).padStart(31, '0')}`,
})

/** The n-th file of a payer and type lands. */
export const lands = (payerId: string, type: string, n: number): Extract<Message, { kind: 'landed' }> => {
  const file = fileOf(payerId, type, n)
  return { kind: 'landed', job: jobIdOf(file), ...file, bytes: 1_000_000, sequencer: '0055AED6DCD90281E5' }
}

/** What `launch` writes for the first attempt of a turn. */
export const attemptOf = (job: string, turn: number, now: number): Attempt => ({
  ...{ job, round: 1, attempt: 1, turn, rev: 1, state: 'open', candidate: 0, openedAt: now },
  request: {
    candidates: ['a', 'b', 'c'].map((zone) => ({
      instanceType: 't3.small',
      market: 'on-demand',
      usdPerHour: 0.0208,
      subnet: `subnet-0000000000000000${zone}`,
    })),
    roleId: 'AROABENCH',
    launchTemplate: { id: 'lt-00000000000000000', version: '1' },
    processor: {
      name: 'claims',
      key: `processors/claims/${'0'.repeat(64)}.tar.gz`,
      sha256: '0'.repeat(64),
      packages: ['nodejs20'],
    },
    runSeconds: 3600,
    deadlineMinutes: 70,
    diskGiB: 20,
    terminateAfter: now + 75 * 60_000,
  },
  tokens: [tokenFor(job)],
})

/** `result.json` of a machine that succeeded. */
export const resultOf = (job: string, now: number) => ({
  ...{ scriptVersion: '1', job, round: 1, attempt: 1, outcome: 'succeeded', reason: 'ok', exitCode: 0 },
  startedAt: new Date(now - 60_000).toISOString(),
  endedAt: new Date(now).toISOString(),
  ...{ inputBytes: 1_000_000, outputBytes: 1_000, outputs: ['claims.json'], peakMemoryBytes: 1e8, cpuSeconds: 20 },
})
