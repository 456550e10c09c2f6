import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { aMachine, type Ended, type Machine } from '#test/functions/launch/startup-machine'

let machine: Machine | undefined
afterEach(() => machine?.close())

interface Case {
  readonly when: string
  readonly processor: string
  readonly change?: Parameters<Machine['start']>[0]
  readonly prepare?: (machine: Machine) => void
  readonly outcome: string
  readonly reason: string
  readonly exitCode: number
}

const COPY = 'cp "$MAYFLY_INPUT" "$MAYFLY_OUT/copy.txt"'

const cases: readonly Case[] = [
  { when: 'the processor ends well', processor: COPY, outcome: 'succeeded', reason: 'ok', exitCode: 0 },
  { when: 'it exits 1', processor: 'exit 1', outcome: 'failed', reason: 'processor-exit', exitCode: 1 },
  { when: 'it exits 75', processor: 'exit 75', outcome: 'retryable', reason: 'processor-exit', exitCode: 75 },
  { when: 'it is killed', processor: 'kill -KILL $$', outcome: 'failed', reason: 'processor-exit', exitCode: 137 },
  {
    when: 'it never ends, and its forked child ignores TERM and has left its group',
    processor:
      "trap '' TERM; setsid bash -c \"trap '' TERM; while :; do /bin/sleep 0.1; done\" & while :; do /bin/sleep 0.1; done",
    change: { MAYFLY_RUN_SECONDS: 1 },
    outcome: 'failed',
    reason: 'timed-out',
    exitCode: 124,
  },
  {
    when: 'the input is missing',
    processor: COPY,
    prepare: (it) => it.remove('input'),
    outcome: 'retryable',
    reason: 'input-missing',
    exitCode: 1,
  },
  {
    when: 'the input is shorter than announced',
    processor: COPY,
    change: { MAYFLY_INPUT_BYTES: 1000 },
    outcome: 'retryable',
    reason: 'input-missing',
    exitCode: 1,
  },
  {
    when: 'the manifest points out of its folder',
    processor: COPY,
    prepare: (it) => it.putInput('x/../../../other', 'x'),
    outcome: 'failed',
    reason: 'input-missing',
    exitCode: 1,
  },
  {
    when: 'the processor is missing',
    processor: COPY,
    prepare: (it) => it.remove('processor'),
    outcome: 'retryable',
    reason: 'processor-missing',
    exitCode: 1,
  },
  {
    when: 'the processor is not the one that was announced',
    processor: COPY,
    change: { MAYFLY_PROCESSOR_SHA256: '0'.repeat(64) },
    outcome: 'failed',
    reason: 'processor-hash',
    exitCode: 1,
  },
  {
    when: 'the processor is no archive, which nobody foresaw',
    processor: COPY,
    prepare: (it) => it.putProcessor('not a tar'),
    outcome: 'retryable',
    reason: 'script-error',
    exitCode: 1,
  },
  {
    when: 'the outputs cannot be written',
    processor: COPY,
    prepare: (it) => it.refuseWritesTo('/out/'),
    outcome: 'retryable',
    reason: 'upload-failed',
    exitCode: 1,
  },
]

const run = async (one: Pick<Case, 'processor' | 'change' | 'prepare'>): Promise<Ended> => {
  machine = await aMachine(one.processor)
  one.prepare?.(machine)
  return machine.ended(machine.start(one.change))
}

/** Processes that still carry the mark of a processor. */
const stillMarked = (): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`MAYFLY_TREE=${machine?.job}.`)
    } catch {
      return false
    }
  })

describe('the startup script', () => {
  it.each(cases)('when $when: $outcome, $reason', async (one) => {
    const { result, power, calls, console, log } = await run(one)
    expect(result).toMatchObject({
      scriptVersion: '2',
      job: machine?.job,
      round: 1,
      attempt: 2,
      outcome: one.outcome,
      reason: one.reason,
      exitCode: one.exitCode,
    })
    expect(power[0]).toMatch(/^-h \+10/)
    expect(power.at(-1)).toBe('-h now')
    expect(calls.at(-1)).toContain('result.json')
    expect(stillMarked()).toEqual([])
    expect(console + log).not.toContain('SECRET')
  })

  it('reports outputs, sizes, memory and CPU, and shows the processor what it was promised', async () => {
    const { result, outputs, log, console } = await run({
      processor: [
        'mkdir -p "$MAYFLY_OUT/deep"; printf 12345 >"$MAYFLY_OUT/deep/a \\"b\\".txt"; cat "$MAYFLY_IN/members.ndjson" >"$MAYFLY_OUT/in.txt"',
        'for ((i = 0; i < 300000; i++)); do :; done',
        'echo "$MAYFLY_JOB $MAYFLY_PAYER $MAYFLY_TYPE $(basename "$PWD")"; /bin/sleep 0.6',
      ].join('\n'),
      prepare: (it) => it.putInput('members.ndjson', '{"memberId":1}\n'),
    })
    expect(outputs).toEqual(['deep', 'deep/a "b".txt', 'in.txt'])
    expect(result).toMatchObject({ inputBytes: 26, outputBytes: 5 + 15, outputs: ['deep/a "b".txt', 'in.txt'] })
    expect(result?.['peakMemoryBytes']).toBeGreaterThan(1_000_000)
    expect(result?.['bytesWritten']).toBeGreaterThanOrEqual(5 + 15)
    expect(result?.['spotNoticeAt']).toBeNull()
    expect(result?.['cpuSeconds']).toBeGreaterThan(0.1)
    expect(log).toContain(`${machine?.job} acme member work`)
    expect(console).not.toContain(`${machine?.job} acme member work`)
  })

  it('ends what the processor left running', async () => {
    const { result } = await run({ processor: 'setsid bash -c "while :; do /bin/sleep 0.1; done" & exit 0' })
    expect(result).toMatchObject({ outcome: 'succeeded' })
    expect(stillMarked()).toEqual([])
  })

  it('counts what was read and written by processes that are gone', async () => {
    const { result } = await run({
      processor: 'head -c 3000000 /dev/zero >"$TMPDIR/x" && cat "$TMPDIR/x" "$TMPDIR/x" >/dev/null; rm "$TMPDIR/x"',
    })
    expect(result?.['bytesRead']).toBeGreaterThanOrEqual(6_000_000)
    expect(result?.['bytesRead']).toBeLessThan(12_000_000)
    expect(result?.['bytesWritten']).toBeGreaterThanOrEqual(3_000_000)
  })

  it('gives a sign of life at once, while it still waits for what it is to work on', async () => {
    machine = await aMachine(COPY)
    machine.remove('manifest')
    const process = machine.start()
    const ended = machine.ended(process)
    const begun = Date.now()
    while (!machine.hasWritten('progress.json') && Date.now() - begun < 5000)
      await new Promise((wake) => setTimeout(wake, 20))
    process.kill('SIGTERM')
    const { progress, result } = await ended
    expect(progress).toMatchObject({ job: machine?.job, round: 1, attempt: 2, percent: null })
    expect(progress).toMatchObject({ bytesRead: 0, bytesTotal: 26, cpuSeconds: 0 })
    expect(progress?.['phase']).toMatch(/^(boot|fetch)$/)
    expect(progress?.['load']).toBeGreaterThanOrEqual(0)
    expect(result).toMatchObject({ reason: 'terminated' })
  })

  it('reports progress while the processor runs', async () => {
    const { progress } = await run({
      processor:
        'echo 10 >>"$MAYFLY_PROGRESS"; echo 42.5 >>"$MAYFLY_PROGRESS"; head -c 100000 /dev/zero >/dev/null; /bin/sleep 2.5',
      change: { MAYFLY_PROGRESS_SECONDS: 1 },
    })
    expect(progress).toMatchObject({ job: machine?.job, round: 1, attempt: 2, phase: 'run', percent: 42.5 })
    expect(progress?.['memoryBytes']).toBeGreaterThan(0)
    expect(progress?.['bytesRead']).toBeGreaterThan(100_000)
  })

  it('tells the processor that EC2 takes the machine back, once, and does not quit early', async () => {
    machine = await aMachine(
      'trap \'cat "$MAYFLY_NOTICE" >>"$MAYFLY_OUT/told"\' URG; echo 1 >"$MACHINE/listens"; for i in {1..150}; do /bin/sleep 0.1; [[ -s $MAYFLY_OUT/told ]] && break; done; /bin/sleep 1; (($(grep -o terminate "$MAYFLY_OUT/told" | wc -l) == 1))',
    )
    machine.spot(false)
    const ended = machine.ended(machine.start())
    await vi.waitUntil(() => machine?.has('listens'), { timeout: 15_000 })
    machine.spot(true)
    const { result, outputs } = await ended
    expect(result).toMatchObject({ outcome: 'succeeded', spotNoticeAt: expect.stringMatching(/^20\d\d-.*Z$/) })
    expect(outputs).toEqual(['told'])
  })

  it('calls the end of a warned spot machine by its name', async () => {
    machine = await aMachine('/bin/sleep 60')
    machine.spot(true)
    const process = machine.start()
    const ended = machine.ended(process)
    const begun = Date.now()
    while (stillMarked().length === 0 && Date.now() - begun < 5000) await new Promise((wake) => setTimeout(wake, 20))
    await new Promise((wake) => setTimeout(wake, 500))
    process.kill('SIGTERM')
    expect((await ended).result).toMatchObject({ outcome: 'retryable', reason: 'spot-interrupted', exitCode: 143 })
  })

  it.each([
    { when: 'fills it', processor: 'cat /dev/zero >"$MAYFLY_OUT/all"', outcome: 'failed', reason: 'processor-exit' },
    {
      when: 'fills it and hangs',
      processor: 'cat /dev/zero >"$MAYFLY_OUT/all"; while :; do /bin/sleep 1; done',
      outcome: 'failed',
      reason: 'timed-out',
    },
    {
      when: 'fills it and says that another machine may do better',
      processor: 'cat /dev/zero >"$MAYFLY_OUT/all" || exit 75',
      outcome: 'retryable',
      reason: 'processor-exit',
    },
  ])('tells the end of a processor that has a full disk and $when', async ({ processor, outcome, reason }) => {
    machine = await aMachine(processor)
    machine.limitDisk(3000)
    const { result, power, log } = await machine.ended(machine.start({ MAYFLY_RUN_SECONDS: 2 }))
    expect(result).toMatchObject({ outcome, reason })
    expect(log).toContain(`${outcome}: ${reason}`)
    expect(power.at(-1)).toBe('-h now')
    expect(stillMarked()).toEqual([])
  })

  it('tells that the disk is too small for the payer file', async () => {
    machine = await aMachine(COPY)
    const size = 3_000_000
    machine.limitDisk(2500)
    machine.setInput('x'.repeat(size))
    const { result, power } = await machine.ended(machine.start({ MAYFLY_INPUT_BYTES: size }))
    expect(result).toMatchObject({ outcome: 'retryable', reason: 'input-missing' })
    expect(power.at(-1)).toBe('-h now')
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'on %s it stops the processor, says so and powers off',
    async (signal) => {
      machine = await aMachine('echo started >"$MAYFLY_OUT/started"; /bin/sleep 60')
      const process = machine.start()
      const ended = machine.ended(process)
      const begun = Date.now()
      while (stillMarked().length === 0 && Date.now() - begun < 5000) await new Promise((wake) => setTimeout(wake, 20))
      process.kill(signal)
      const { result, power } = await ended
      expect(result).toMatchObject({ outcome: 'retryable', reason: 'terminated', exitCode: 143 })
      expect(power.at(-1)).toBe('-h now')
      expect(stillMarked()).toEqual([])
      expect(Date.now() - begun).toBeLessThan(8000)
    },
  )

  it('powers off when there is no way to say anything', async () => {
    machine = await aMachine('exit 0')
    const { result, power, calls } = await machine.ended(
      machine.start({}, { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'file:///no/metadata' }),
    )
    expect(result).toBeUndefined()
    expect(calls).toEqual([''])
    expect(power.at(-1)).toBe('-h now')
  })
})
