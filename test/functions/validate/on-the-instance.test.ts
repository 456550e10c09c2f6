import { describe, expect, it } from 'vitest'
import { ValidationRules } from '#domain/policy/validation-rules'
import { runPrefix } from '#domain/schedule/run-prefix'
import { validate } from '#functions/validate/validate'
import { small834 } from '#test/domain/envelope/sample-text'
import { ROLE, stage } from '#test/functions/stage'

const sound = { valid: true, full: true, counts: { members: 2 }, findings: [] }
const finding = { code: 'TA1-023', message: 'IEA is missing', segment: 16, byte: 400 }

/** A member file whose row validates on the instance, admitted and launched. */
const launched = async () => {
  const world = stage(2, [{ payerId: 'acme', fileType: 'member', validateOn: 'instance', maxDropPercent: 10 }])
  world.state.processors.set('validator', {
    ...{ name: 'validator', key: `processors/validator/${'1'.repeat(64)}.tar.gz`, sha256: '1'.repeat(64) },
    packages: ['nodejs20', 'zstd'],
  })
  const { job, event } = world.drop('acme/member/a', small834())
  await world.say([event])
  const validation = await validate({ job, round: 1 }, world.deps)
  await world.say([{ ...world.parked(job), validation }])
  await world.launch(job)
  return { world, job, prefix: runPrefix(ROLE, world.attempts(job)[0]?.instanceId ?? '') }
}

describe('a row that validates on the instance', () => {
  it('gives the machine the validator, what it needs, and the rules in force', async () => {
    const { world, job, prefix } = await launched()
    const { request } = world.attempts(job)[0] ?? {}
    expect(request).toMatchObject({
      validator: { sha256: '1'.repeat(64) },
      processor: { name: 'members', packages: ['nodejs20', 'zstd'] },
    })
    expect(world.state.results.get(`${prefix}in/manifest`)).toBe('mayfly.rules.json\n')
    const rules = ValidationRules.parse(JSON.parse(world.state.results.get(`${prefix}in/mayfly.rules.json`) ?? ''))
    expect(rules).toMatchObject({ fileType: 'member', format: 'x12', maxDropPercent: 10 })
  })

  it('takes counts and fullness from the result, and remembers the full file', async () => {
    const { world, job, prefix } = await launched()
    await world.say([world.result(job, { validation: sound })])
    expect(world.job(job)).toMatchObject({
      ...{ status: 'succeeded', full: true, counts: { members: 2 }, report: `${prefix}validation.json` },
    })
    expect(world.itemsOf('PAYER#acme', 'FULL#member')).toMatchObject([{ value: { job, members: 2 } }])
  })

  it('rejects what the validator refused, with its findings', async () => {
    const { world, job, prefix } = await launched()
    const validation = { ...sound, valid: false, findings: [finding] }
    await world.say([world.result(job, { outcome: 'failed', reason: 'unsound', exitCode: 65, validation })])
    const answer = world.answer(`${job}-run`)
    expect(answer).toMatchObject({ error: 'UnsoundFile' })
    const cause = answer && 'cause' in answer ? answer.cause : ''
    await world.say([{ kind: 'over', job, round: 1, error: 'UnsoundFile', cause }])
    expect(world.job(job)).toMatchObject({
      ...{ status: 'rejected', because: 'TA1-023', findings: [finding], report: `${prefix}validation.json` },
    })
  })

  it.each([
    { what: 'no word of the validator', validation: undefined },
    { what: 'a word that it is unsound', validation: { ...sound, valid: false } },
  ])('a success with $what is none', async ({ validation }) => {
    const { world, job } = await launched()
    await world.say([world.result(job, { validation })])
    expect(world.job(job).status).not.toBe('succeeded')
    expect(world.answer(`${job}-run`)).toMatchObject({ error: 'ProcessorFailed' })
  })
})

it('an older full file that runs later does not become the last one', async () => {
  const world = stage(2, [{ payerId: 'acme', fileType: 'member', ordered: false }])
  const [older, newer] = [world.drop('acme/member/a'), world.drop('acme/member/b')]
  await world.say([older.event, newer.event])
  for (const [n, { job }] of [newer, older].entries()) {
    const validation = { full: true, counts: { members: n + 1 }, report: 'r' }
    await world.say([{ ...world.parked(job), validation }])
    await world.launch(job)
    await world.say([world.result(job)])
    expect(world.job(job).status).toBe('succeeded')
  }
  expect(world.itemsOf('PAYER#acme', 'FULL#member')).toMatchObject([{ value: { job: newer.job, members: 1 } }])
})
