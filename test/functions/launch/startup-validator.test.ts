import { afterEach, describe, expect, it } from 'vitest'
import { aMachine, type Machine } from '#test/functions/launch/startup-machine'

let machine: Machine | undefined
afterEach(() => machine?.close())

const COPY = 'cp "$MAYFLY_INPUT" "$MAYFLY_OUT/copy.txt"'
const RULES = '{"format":"x12"}'
/** Says so of the file; `exit` as the validator does. */
const says = (valid: boolean, exit: number): string => `
  grep -q SECRET "$MAYFLY_INPUT" && [[ $(<"$MAYFLY_RULES") == '${RULES}' ]] || exit 3
  printf '{"valid":${valid},"full":true,"counts":{"members":2},"findings":[]}' >"$MAYFLY_VALIDATION"
  printf '{"whole":"report"}' >"$(dirname "$MAYFLY_VALIDATION")/validation-report.json"
  exit ${exit}`

describe('a validator before the processor', () => {
  it.each([
    { when: 'it is sound', validator: says(true, 0), outcome: 'succeeded', reason: 'ok', ran: true },
    { when: 'it is unsound', validator: says(false, 65), outcome: 'failed', reason: 'unsound', ran: false },
    { when: 'it breaks', validator: 'exit 65', outcome: 'retryable', reason: 'validator-failed', ran: false },
  ])('$when: $outcome, $reason', async ({ validator, outcome, reason, ran }) => {
    machine = await aMachine(COPY)
    machine.putInput('mayfly.rules.json', RULES)
    const ended = await machine.ended(machine.start(machine.putValidator(validator)))
    expect(ended.result, ended.log).toMatchObject({ outcome, reason })
    expect(ended.outputs).toEqual(ran ? ['copy.txt'] : [])
    const hasWord = reason !== 'validator-failed'
    expect(ended.result?.['validation'] ?? undefined).toEqual(
      hasWord ? { valid: ran, full: true, counts: { members: 2 }, findings: [] } : undefined,
    )
    expect(machine.hasWritten('validation.json')).toBe(hasWord)
  })

  it('has the hash that was announced, or nothing runs', async () => {
    machine = await aMachine(COPY)
    const told = { ...machine.putValidator(says(true, 0)), MAYFLY_VALIDATOR_SHA256: '0'.repeat(64) }
    const ended = await machine.ended(machine.start(told))
    expect(ended.result).toMatchObject({ outcome: 'failed', reason: 'validator-hash' })
    expect(ended.outputs).toEqual([])
  })

  it('a processor that exits 65 by itself is not an unsound file', async () => {
    machine = await aMachine('exit 65')
    const ended = await machine.ended(machine.start())
    expect(ended.result).toMatchObject({ outcome: 'failed', reason: 'processor-exit', exitCode: 65, validation: null })
  })
})
