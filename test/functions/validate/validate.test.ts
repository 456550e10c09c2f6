import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { setItem } from '#adapters/memory/schedule-table'
import * as keys from '#domain/schedule/keys'
import { UnsoundCause, Validation } from '#domain/schedule/messages'
import { validate } from '#functions/validate/validate'
import { small834 } from '#test/domain/envelope/sample-text'
import { stage } from '#test/functions/stage'

/** A member file that landed, with this content. */
const landed = async (content: string | Uint8Array, rows: Record<string, unknown>[] = []) => {
  const world = stage(2, rows)
  const { job, event } = world.drop('acme/member/a.edi', content)
  await world.say([event])
  return { world, job }
}
const failureOf = async (validating: Promise<unknown>): Promise<Error> => {
  const error = await validating.then(
    () => new Error('it was found sound'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Error)) throw new Error(`${error} is no error`)
  return error
}

const sound = small834()
// SE01 says 9 segments, there are 6; the name in it stands for what must never leave the file.
const wrongCount = sound.replace('SE*6*0001', 'SE*9*0001')
const secret = 'SYNTHETIC'

describe('validate', () => {
  it.each([
    { how: 'plain', content: sound },
    { how: 'gzip', content: gzipSync(sound) },
  ])('a sound file, $how: its counts, and a report object', async ({ content }) => {
    const { world, job } = await landed(content)
    const found = await validate({ job, round: 1 }, world.deps)
    expect(found).toEqual({
      full: false,
      counts: expect.objectContaining({ members: 2 }),
      report: `reports/${job}/r1.json`,
    })
    expect(Validation.parse(found)).toEqual(found)
    expect(JSON.parse(world.state.results.get(found.report) ?? '')).toMatchObject({
      ...{ jobId: job, key: 'acme/member/a.edi', versionId: world.job(job).version, valid: true, findings: [] },
    })
  })

  it('reads the version that the job names, not the newest', async () => {
    const { world, job } = await landed(sound)
    world.drop('acme/member/a.edi', 'not X12 at all')
    expect(await validate({ job, round: 1 }, world.deps)).toMatchObject({ counts: { members: 2 } })
  })

  it('an unsound file is UnsoundFile: codes and positions, never contents, in error, report and log', async () => {
    const { world, job } = await landed(wrongCount)
    const error = await failureOf(validate({ job, round: 1 }, world.deps))
    expect(error.name).toBe('UnsoundFile')
    const { report, findings } = UnsoundCause.parse(JSON.parse(error.message))
    expect(findings.length).toBeGreaterThan(0)
    expect(Object.keys(findings[0] ?? {}).sort()).toEqual(['byte', 'code', 'message', 'segment'])
    const written = world.state.results.get(report) ?? ''
    expect(JSON.parse(written)).toMatchObject({ valid: false })
    for (const text of [error.message, written, JSON.stringify(world.lines)]) expect(text).not.toContain(secret)
  })

  it('its lines say whose file it is', async () => {
    const { world, job } = await landed(sound)
    await validate({ job, round: 1 }, world.deps)
    const whose = { job, payer: 'acme', type: 'member', scope: 'acme' }
    expect(Object.assign({}, ...world.about)).toEqual({ ...whose, round: 1 })
  })

  it('that error, told by the state machine, rejects the job with its first finding', async () => {
    const { world, job } = await landed(wrongCount)
    const { name, message } = await failureOf(validate({ job, round: 1 }, world.deps))
    const [first] = UnsoundCause.parse(JSON.parse(message)).findings
    // Lambda wraps the message of an error that a function threw.
    const cause = JSON.stringify({ errorType: name, errorMessage: message, trace: [] })
    await world.say([{ kind: 'over', job, round: 1, error: name, cause }])
    expect(world.job(job)).toMatchObject({ status: 'rejected', because: first?.code, sentence: first?.message })
  })

  it('names at most five findings; the report has all of them', async () => {
    const many = Array.from({ length: 8 }, (_, n) => small834(String(n + 1).padStart(9, '0')))
    const { world, job } = await landed(many.map((text) => text.replaceAll('SE*6', 'SE*9')).join(''))
    const error = await failureOf(validate({ job, round: 1 }, world.deps))
    const { report, findings } = UnsoundCause.parse(JSON.parse(error.message))
    expect(findings).toHaveLength(5)
    expect(JSON.parse(world.state.results.get(report) ?? '{}').findings.length).toBeGreaterThan(5)
  })

  it.each([
    { row: { allowWrongSe01: true }, name: 'it was found sound' },
    { row: { format: 'none' }, name: 'it was found sound' },
    { row: { minMembers: 3 }, name: 'UnsoundFile' },
  ])('goes by the payer’s row: $row', async ({ row, name }) => {
    const { world, job } = await landed(wrongCount, [{ payerId: 'acme', fileType: 'member', ...row }])
    const { name: found, message } = await failureOf(validate({ job, round: 1 }, world.deps))
    expect([found, message]).toContain(name)
  })

  it.each([
    {
      what: 'the round is over',
      news: { kind: 'over', round: 1, error: 'States.Timeout' },
      round: 1,
      name: 'RoundIsOver',
    },
    { what: 'it is another round', news: undefined, round: 2, name: 'RoundIsOver' },
  ])('reads nothing when $what', async ({ news, round, name }) => {
    const { world, job } = await landed(sound)
    if (news) await world.say([{ ...news, job }])
    const read = () => Promise.reject(new Error('the file was read'))
    expect(
      await failureOf(validate({ job, round }, { ...world.deps, files: { ...world.deps.files, read } })),
    ).toMatchObject({ name })
  })

  const row = (more: object) => [{ payerId: 'acme', fileType: 'member', ...more }]

  it('says which row to change when the time is over, before Lambda ends it', async () => {
    const { world, job } = await landed(sound)
    const error = await failureOf(validate({ job, round: 1 }, { ...world.deps, remaining: () => 14_000 }))
    expect(error.name).toBe('ValidationTimedOut')
    expect(error.message).toContain('validateOn to instance in the row acme/member')
    expect(world.state.results.size).toBe(0)
  })

  it('a file that S3 gives in part is not judged', async () => {
    const { world, job } = await landed(sound)
    const read = async () =>
      (async function* () {
        yield Buffer.from(sound.slice(0, -40))
      })()
    const error = await failureOf(validate({ job, round: 1 }, { ...world.deps, files: { ...world.deps.files, read } }))
    expect(error.name).toBe('FileChanged')
    expect(world.state.results.size).toBe(0)
  })

  it.each([
    { maxDropPercent: 50, name: 'it was found sound' },
    { maxDropPercent: 49, name: 'UnsoundFile' },
  ])('a full file may be $maxDropPercent % smaller than the last one that ran', async ({ maxDropPercent, name }) => {
    const { world, job } = await landed(sound.replaceAll('****2~', '****4~'), row({ maxDropPercent }))
    setItem(world.state.schedule, keys.lastFull('acme', 'member'), { job: 'before', order: '1', members: 4 })
    const { name: found, message } = await failureOf(validate({ job, round: 1 }, world.deps))
    expect([found, message]).toContain(name)
  })

  it('lets a file through unread where its row validates on the instance, if it is there and has content', async () => {
    const { world, job } = await landed('not X12 at all', row({ validateOn: 'instance' }))
    const read = () => Promise.reject(new Error('the file was read'))
    const deps = { ...world.deps, files: { ...world.deps.files, read } }
    expect(await validate({ job, round: 1 }, deps)).toEqual({ full: false, counts: {}, report: '', on: 'instance' })
    const empty = await landed('', row({ validateOn: 'instance' }))
    expect((await failureOf(validate({ job: empty.job, round: 1 }, empty.world.deps))).name).toBe('UnsoundFile')
    world.state.landing.objects.clear()
    expect((await failureOf(validate({ job, round: 1 }, world.deps))).name).toBe('FileChanged')
  })

  it('a file that is gone is an error of its own, not an unsound file', async () => {
    const { world, job } = await landed(sound)
    world.state.landing.objects.clear()
    expect((await failureOf(validate({ job, round: 1 }, world.deps))).name).toBe('NoSuchKey')
    expect(world.state.results.size).toBe(0)
  })
})
