import { describe, expect, it } from 'vitest'
import { runPrefix } from '#domain/schedule/run-prefix'
import { handOver } from '#functions/launch/hand-over'
import { ROLE, stage } from '#test/functions/stage'

/** A claims job with its instance, after a members job that left these objects. */
const afterMembers = async (outputs: string[]) => {
  const world = stage()
  const members = await world.admit('acme/member/m')
  await world.launch(members)
  const from = `${runPrefix(ROLE, world.attempts(members)[0]?.instanceId ?? '')}out/`
  for (const name of outputs) world.state.results.set(`${from}${name}`, `content of ${name}`)
  await world.say([world.result(members, { outputs })])
  const claims = await world.admit('acme/claims/c')
  return { world, claims }
}

describe('handOver', () => {
  it('copies what the members job left, and writes the manifest last', async () => {
    const { world, claims } = await afterMembers(['members.json', 'a b.json'])
    const acts: string[] = []
    const spied = {
      table: world.deps.table,
      files: {
        tags: world.deps.files.tags,
        writeTags: async (...call: Parameters<typeof world.deps.files.writeTags>) => {
          acts.push(`tag ${call[1]['mayfly-reader']}`)
          return world.deps.files.writeTags(...call)
        },
      },
      tables: world.deps.tables,
      results: {
        ...world.deps.results,
        copy: async (from: string, to: string) => {
          acts.push(`copy ${to}`)
          return world.deps.results.copy(from, to)
        },
        writeText: async (key: string, text: string) => {
          acts.push(`write ${key}`)
          return world.deps.results.writeText(key, text)
        },
      },
    }
    await world.launch(claims)
    const [attempt] = world.attempts(claims)
    await world.deps.files.writeTags(world.job(claims), { 'mayfly-reader': 'the one before' })
    const prefix = runPrefix(ROLE, attempt?.instanceId ?? '')
    if (!attempt) throw new Error('no attempt')
    await handOver(world.job(claims), attempt, spied)
    expect(acts).toEqual([
      `tag ${ROLE}:${attempt.instanceId}`,
      `copy ${prefix}in/member/members.json`,
      `copy ${prefix}in/member/a b.json`,
      `write ${prefix}in/manifest`,
    ])
    expect(world.state.results.get(`${prefix}in/manifest`)).toBe('member/members.json\nmember/a b.json\n')
    expect(world.state.results.get(`${prefix}in/member/a b.json`)).toBe('content of a b.json')
  })

  it('the tags that the payer gave its file stay', async () => {
    const world = stage()
    const job = await world.admit('acme/member/m')
    await world.deps.files.writeTags(world.job(job), { batch: '7', 'mayfly-reader': 'the one before' })
    await world.launch(job)
    expect(await world.deps.files.tags(world.job(job))).toEqual({
      ...{ batch: '7', 'mayfly-reader': `${ROLE}:${world.attempts(job)[0]?.instanceId}` },
    })
  })

  it('repeated, it leaves everything as it was', async () => {
    const { world, claims } = await afterMembers(['members.json'])
    await world.launch(claims)
    const before = [...world.state.results]
    await world.launch(claims, 'again')
    expect([...world.state.results]).toEqual(before)
  })

  it('without its manifest no machine starts to work: a copy that fails leaves none', async () => {
    const { world, claims } = await afterMembers(['members.json'])
    for (const key of world.state.results.keys()) if (key.endsWith('members.json')) world.state.results.delete(key)
    await world.launch(claims, 'run')
    expect(world.answer('run')).toMatchObject({ error: 'NoSuchKey' })
    const prefix = runPrefix(ROLE, world.attempts(claims)[0]?.instanceId ?? '')
    expect(world.state.results.has(`${prefix}in/manifest`)).toBe(false)
  })

  it('nothing is handed over to an attempt without an instance', async () => {
    const { world, claims } = await afterMembers([])
    await world.launch(claims)
    const [attempt] = world.attempts(claims)
    const { instanceId: _, ...without } = attempt ?? {}
    const before = world.state.results.size
    await handOver(world.job(claims), { ...without } as NonNullable<typeof attempt>, world.deps)
    expect(world.state.results.size).toBe(before)
  })
})
