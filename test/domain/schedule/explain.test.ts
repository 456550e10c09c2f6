import { describe, expect, it } from 'vitest'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import { deleted, instance, jobOf, landed, launch, over, parked, refused, succeed } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'
import { row, told, wait, worldOf } from '#test/support/told'

const member = 'acme/member/m'
const claims = 'acme/claims/c'
const extra = 'acme/extra/e'
const asked = (
  action: 'hold' | 'excuse',
  target: { job: string } | { lane: { scope: string; type: string } },
): Message => ({
  ...{ kind: 'request', id: `request-${JSON.stringify(target).slice(0, 40)}`, action },
  ...{ ...target, who: 'ana', why: 'an audit' },
})

const waits = (key: string): Message[] => [landed(key), parked(jobOf(key))]

/** A world, and what it says of `key`. */
type Case = [because: string, wouldLetItGo: RegExp, sentence: RegExp, key: string, world: () => MemoryWorld]

const pooled = (pool: string, pools: unknown[]): MemoryWorld => {
  const world = acme(1, [row('extra', { pool })])
  world.pools.push(...pools)
  wait(world, extra)
  return world
}

const spentTwoOfOne = (): MemoryWorld => {
  const world = acme(1, [row('extra', { dailyBudgetUsd: 1 })])
  world.put(kinds.scope, ['acme'], { payerId: 'acme', types: {}, spent: { day: '2001-09-09', usd: 2 } })
  wait(world, extra)
  return world
}

describe('what is not waiting', () => {
  it.each<Case>([
    ['unroutable-key', /^drop it again as <payer>/, /names no payer/, 'x', () => worldOf([], [], landed('x'))],
    [
      'unknown-payer',
      /^a row for the payer in payer-priority/,
      /names payer zoe/,
      'zoe/member/m',
      () => worldOf([], [], landed('zoe/member/m')),
    ],
    [
      'unknown-type',
      /^a row for the file type/,
      /file type odd/,
      'acme/odd/o',
      () => worldOf([], [], landed('acme/odd/o')),
    ],
    ['validating', /^the end of its validation$/, /^being validated$/, member, () => worldOf([], [], landed(member))],
    ['starting', /^nothing: it is on its way$/, /its instance is starting$/, member, () => worldOf([member], [])],
    [
      'ok',
      /^nothing: it is over$/,
      /^it ended succeeded$/,
      member,
      () => {
        const world = acme()
        succeed(world, member)
        return world
      },
    ],
    [
      'ProcessorFailed',
      /^mayfly retry acme-member-m-1 --why … .*, or mayfly excuse acme-member-m-1 --why … .*; or a newer version/,
      /^it broke$/,
      member,
      () => worldOf([member], [], over(jobOf(member), 'ProcessorFailed', 'it broke')),
    ],
    [
      'deleted-by-owner',
      /^nothing: it is over$/,
      /^its object was deleted from the landing bucket$/,
      member,
      () => worldOf([], [], landed(member), deleted(member, '0099')),
    ],
  ])('%s: %s', (because, wouldLetItGo, sentence, key, world) => {
    const found = told(world(), key)
    expect(found).toMatchObject({ because, waitingFor: [], job: { job: jobOf(key) } })
    expect(found.wouldLetItGo).toMatch(wouldLetItGo)
    expect(found.sentence).toMatch(sentence)
    expect([found.lane, found.pool]).toEqual([undefined, undefined])
  })

  it.each<readonly [string, () => MemoryWorld]>([
    ['unknown-payer', () => worldOf([], [], landed('zoe/member/m'), asked('hold', { job: jobOf('zoe/member/m') }))],
    ['validating', () => worldOf([], [], landed(member), asked('hold', { job: jobOf(member) }))],
  ])('%s, and held as well', (because, world) => {
    const key = because === 'validating' ? member : 'zoe/member/m'
    const found = told(world(), key)
    expect(found.because).toBe(because)
    expect(found.sentence).toMatch(/.+; it is held by ana: an audit$/)
    expect(found.wouldLetItGo).toMatch(new RegExp(`.+, and mayfly resume ${jobOf(key)} --why …, by its owner$`))
  })

  it('failed, and excused since: it says so', () => {
    const world = worldOf([member], [], over(jobOf(member), 'ProcessorFailed', 'it broke'))
    world.run([asked('excuse', { job: jobOf(member) })])
    expect(told(world, member)).toMatchObject({
      ...{ because: 'ProcessorFailed', sentence: 'it broke' },
      wouldLetItGo: 'nothing: it no longer blocks, excused by ana: an audit',
    })
  })

  it('failed, and cleared by a later full file', () => {
    const world = worldOf(
      [member],
      [row('member', { laterClears: true, haltOnFailure: false })],
      over(jobOf(member), 'E'),
    )
    succeed(world, 'acme/member/n')
    expect(told(world, member).wouldLetItGo).toBe('nothing: it no longer blocks, a later success has cleared it')
  })

  it('an instance at work', () => {
    const world = worldOf([member], [])
    launch(world, jobOf(member), 'i-m')
    world.run([instance('i-m', 'running')])
    expect(told(world, member)).toMatchObject({ because: 'running', sentence: 'its instance is at work' })
  })

  it('a job that nobody knows has no explanation', () => {
    expect(() => told(acme(), 'acme/member/nobody')).toThrow('no explanation')
  })
})

describe('what waits', () => {
  it.each<Case>([
    [
      'paused',
      /^enabled: true in its row/,
      /enabled: false/,
      extra,
      () => worldOf([extra], [row('extra', { enabled: false })]),
    ],
    [
      'max-concurrent',
      /higher maxConcurrent/,
      /1 of 1/,
      extra,
      () => worldOf(['acme/extra/d', extra], [row('extra', { maxConcurrent: 1 })]),
    ],
    [
      'grace-period',
      /^time: the end of its grace/,
      /graceSeconds: 60/,
      extra,
      () => worldOf([extra], [row('extra', { after: [{ type: 'member', atLeast: 0 }], graceSeconds: 60 })]),
    ],
    [
      'quiet-period',
      /^time without another arrival/,
      /quietSeconds: 60/,
      extra,
      () => worldOf([extra], [row('extra', { quietSeconds: 60 })]),
    ],
    ['daily-budget', /^time: midnight UTC/, /2\.0000 of 1/, extra, spentTwoOfOne],
    ['unknown-pool', /^a row for the pool/, /"q"/, extra, () => pooled('q', [])],
    [
      'pool-paused',
      /^enabled: true in the row of its pool/,
      /pool q says/,
      extra,
      () => pooled('q', [{ pool: 'q', maxVcpus: 2, maxInstances: 1, enabled: false }]),
    ],
    [
      'never-fits',
      /^a higher ceiling in capacity-pools, or a smaller/,
      /needs 2 vCPUs/,
      extra,
      () => pooled('q', [{ pool: 'q', maxVcpus: 1, maxInstances: 1 }]),
    ],
    [
      'held-by-owner',
      /^mayfly resume acme-extra-e-1 --why …/,
      /^held by ana: an audit$/,
      extra,
      () => worldOf([member, extra], [row('extra')], asked('hold', { job: jobOf(extra) })),
    ],
    [
      'held-by-owner',
      /^mayfly resume --lane acme\/extra --why …/,
      /the lane is held by ana/,
      extra,
      () => worldOf([member, extra], [row('extra')], asked('hold', { lane: { scope: 'acme', type: 'extra' } })),
    ],
    [
      'held-by-owner',
      /^mayfly resume acme-member-m-1 --why …/,
      /^the file at the head of the lane is held by ana: an audit$/,
      'acme/member/n',
      () =>
        worldOf(
          [],
          [],
          landed(member),
          asked('hold', { job: jobOf(member) }),
          parked(jobOf(member)),
          ...waits('acme/member/n'),
        ),
    ],
    [
      'no-capacity',
      /^time: EC2 is asked again/,
      /EC2 refused/,
      member,
      () => worldOf([member], [], refused(jobOf(member), 1, 't2')),
    ],
    [
      'behind-in-lane',
      /^the file before it in its lane$/,
      /not the first in its lane: the file at the head of the lane is at work/,
      'acme/member/n',
      () => worldOf([member, 'acme/member/n'], []),
    ],
    [
      'failed-ahead',
      /^a newer version or the deletion.*; or mayfly retry acme-member-m-1 --why … .* mayfly excuse acme-member-m-1 --why … /,
      /haltOnFailure/,
      'acme/member/n',
      () => worldOf([member, 'acme/member/n'], [], over(jobOf(member), 'ProcessorFailed')),
    ],
    [
      'member-file-missing',
      /^a sound member file in the landing bucket; or mayfly waive --lane acme\/claims --why … /,
      /0 of 1/,
      claims,
      () => worldOf([claims], []),
    ],
    [
      'member-file-unfinished',
      /^the end of the member files of its scope$/,
      /not finished/,
      claims,
      () => worldOf([member, claims], []),
    ],
    [
      'member-file-failed',
      /later full success of the member file that failed; or mayfly retry acme-member-m-1 --why … .* mayfly excuse acme-member-m-1 /,
      /failed/,
      claims,
      () => worldOf([member, claims], [], over(jobOf(member), 'ProcessorFailed')),
    ],
    [
      'member-file-rejected',
      /later full success of the member file that was rejected; or mayfly retry acme-member-m-1 --why … .* mayfly excuse acme-member-m-1 /,
      /rejected/,
      claims,
      () => worldOf([member, claims], [], over(jobOf(member), 'UnsoundFile')),
    ],
  ])('%s: %s', (because, wouldLetItGo, sentence, key, world) => {
    const found = told(world(), key)
    expect(found).toMatchObject({ because, job: { job: jobOf(key) } })
    expect(found.wouldLetItGo).toMatch(wouldLetItGo)
    expect(found.sentence).toMatch(sentence)
    expect(found.pool).toBeUndefined()
  })
})
