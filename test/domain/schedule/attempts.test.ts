import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import { instance, jobOf, launch, over, resultWritten, writeResult } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'
import { questionsOf } from '#test/support/questions-of'
import { wait } from '#test/support/told'

const member = 'acme/member/m'
const m = jobOf(member)
const starting = (): MemoryWorld => {
  const world = acme(1)
  wait(world, member)
  return world
}
const changes = (world: MemoryWorld, message: Message) => {
  const { writes, calls, quarantined } = world.decide([message])
  return [...writes, ...calls, ...quarantined]
}

describe('an attempt without a machine', () => {
  it('is closed without a look in S3, and ends no machine', () => {
    const world = starting()
    launch(world, m)
    expect(questionsOf([over(m, 'States.Timeout')], world).map(({ ask }) => ask)).not.toContain('result')
    expect(world.run([over(m, 'States.Timeout')]).map(({ call }) => call)).toEqual(['answer-attempt'])
  })
})

describe('a machine whose attempt or job is not there', () => {
  const ofSomething = { job: m, round: 1, attempt: 1 }
  it.each<[string, object, (world: MemoryWorld) => void]>([
    ['its record names no round', { job: m, attempt: 1 }, (world) => void launch(world, m)],
    ['its record names no attempt', { job: m, round: 1 }, (world) => void launch(world, m)],
    ['its attempt is not there', ofSomething, () => {}],
    [
      'its job is not there',
      ofSomething,
      (world) => {
        launch(world, m)
        world.remove(keys.job(m))
      },
    ],
  ])('changes nothing: %s', (_, record, given) => {
    const world = starting()
    given(world)
    world.put(kinds.instance, ['i-m'], { instanceId: 'i-m', ...record })
    writeResult(world, 'i-m')
    expect(changes(world, instance('i-m', 'terminated'))).toEqual([])
    expect(changes(world, resultWritten('i-m'))).toEqual([])
  })

  it('job and attempt of a machine are read in one request', () => {
    const world = starting()
    launch(world, m, 'i-m')
    const asked = questionsOf([instance('i-m', 'running')], world)
    expect(asked).toContainEqual({ ask: 'items', keys: [keys.job(m), keys.attempt(m, 1, 1)] })
  })
})

describe('what a closed attempt keeps', () => {
  it('of a success no error, and no place among the open ones', () => {
    const world = starting()
    launch(world, m, 'i-m')
    writeResult(world, 'i-m')
    const { writes } = world.decide([resultWritten('i-m')])
    const attempt = writes.find(({ key }) => key.sk === keys.attempt(m, 1, 1).sk)?.value
    expect(Object.keys(Object(attempt))).not.toContain('error')
    expect(attempt).toMatchObject({ state: 'succeeded', rev: 2, closedAt: world.now })
    expect(writes).toContainEqual({ key: keys.open(m, 1, 1), value: undefined })
  })
})
