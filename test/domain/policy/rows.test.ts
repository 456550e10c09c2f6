import { describe, expect, it } from 'vitest'
import { instanceTypes, needOf } from '#domain/policy/instance-types'
import { PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'

const problems = (schema: typeof PolicyRow | typeof PoolRow, row: object): string => {
  const read = schema.safeParse(row)
  return read.success ? '' : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
}
const row = { payerId: 'acme', fileType: 'claims' }
const pool = { pool: 'default', maxVcpus: 64, maxInstances: 16 }

describe('PolicyRow', () => {
  it.each([
    [{}],
    [{ payerId: '*', fileType: '*', note: 'for people', mayflyStatus: 'in force' }],
    [{ priority: 0, after: [], attempts: 10, maxRunMinutes: 10_080, processor: `claims@${'a'.repeat(64)}` }],
    [{ processor: `s3://my-artifacts/processors/own/v1.tar.gz@${'a'.repeat(64)}` }],
    [{ after: [{ type: 'member' }] }],
    [{ market: 'spot', onDemandAfter: 0, hangMinutes: 10, bootFailures: 3, dailyBudgetUsd: 0.5, tags: { Team: 'x' } }],
    [{ image: 'ami-0123456789abcdef0' }],
    [{ image: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64', instanceTypes: ['m7g.large'] }],
    [{ shapes: [{ instanceTypes: ['t3.small'] }] }],
    [
      {
        shapes: [
          { upToMiB: 50, instanceTypes: ['t3.small'] },
          { instanceTypes: ['m7i.large'], market: 'spot' },
        ],
      },
    ],
  ])('takes %j', (change) => {
    expect(problems(PolicyRow, { ...row, ...change })).toBe('')
  })

  it.each([
    [{ prioritty: 500 }, 'prioritty'],
    [{ Priority: 500 }, 'Priority'],
    [{ priority: 1001 }, 'priority'],
    [{ priority: '500' }, 'priority'],
    [{ priority: 1.5 }, 'priority'],
    [{ payerId: '' }, 'payerId'],
    [{ payerId: 'a/b' }, 'payerId'],
    [{ payerId: 'a#b' }, 'payerId'],
    [{ after: [{ type: 'member', atleast: 2 }] }, 'atleast'],
    [{ after: 'member' }, 'after'],
    [{ instanceTypes: [] }, 'instanceTypes'],
    [{ instanceTypes: ['t3.huge'] }, 'unknown instance type "t3.huge"; known: t3a.nano'],
    [{ instanceTypes: ['constructor'] }, 'unknown instance type "constructor"'],
    [{ processor: '../secrets' }, 'processor'],
    [{ processor: 's3://artifacts/processors/own.tar.gz' }, 'processor'],
    [{ processor: `s3://artifacts/elsewhere/own.tar.gz@${'a'.repeat(64)}` }, 'processor'],
    [{ maxRunMinutes: 0 }, 'maxRunMinutes'],
    [{ maxConcurrent: 0 }, 'maxConcurrent'],
    [{ scope: 'month' }, 'scope'],
    [{ market: 'reserved' }, 'market'],
    [{ dailyBudgetUsd: -1 }, 'dailyBudgetUsd'],
    [{ dailyBudgetUsd: 0 }, 'dailyBudgetUsd'],
    [{ onDemandAfter: -1 }, 'onDemandAfter'],
    [{ hangMinutes: 0 }, 'hangMinutes'],
    [{ tags: { 'aws:x': 'y' } }, 'tags'],
    [{ tags: { Owner: 'me' } }, 'tags'],
    [{ tags: { TerminateAfter: 'never' } }, 'tags'],
    [{ tags: Object.fromEntries(Array.from({ length: 41 }, (_, n) => [`t${n}`, ''])) }, 'at most 40 tags'],
    [{ image: 'amazon-linux' }, 'an image is ami-'],
    [{ image: '/secrets/password' }, 'an image is ami-'],
    [{ shapes: [{ instanceTypes: ['t3.huge'] }] }, 'unknown instance type "t3.huge"'],
    [{ shapes: [{ upToMiB: 5, instanceType: ['t3.small'] }] }, 'instanceType'],
    [{ shapes: [{ upToMiB: 5, instanceTypes: ['t3.small'] }] }, 'files above 5 MiB would have no shape'],
    [
      {
        shapes: [9, 5, undefined].map((upToMiB) => ({ ...(upToMiB ? { upToMiB } : {}), instanceTypes: ['t3.small'] })),
      },
      'shape 2 (upToMiB 5) must take larger files than shape 1 (upToMiB 9)',
    ],
    [
      { shapes: [{ instanceTypes: ['t3.small'] }, { upToMiB: 5, instanceTypes: ['t3.small'] }] },
      'shape 2 (upToMiB 5) must take larger files than shape 1 (upToMiB any size)',
    ],
  ])('refuses %j and names it', (change, named) => {
    expect(problems(PolicyRow, { ...row, ...change })).toContain(named)
  })
})

describe('PoolRow', () => {
  it('is enabled unless it says otherwise', () => {
    expect(PoolRow.parse(pool).enabled).toBe(true)
  })
  it.each([
    [{ maxVcpus: -1 }, 'maxVcpus'],
    [{ maxInstances: 1.5 }, 'maxInstances'],
    [{ pool: 'a b' }, 'pool'],
    [{ maxVCpus: 3 }, 'maxVCpus'],
  ])('refuses %j and names it', (change, named) => {
    expect(problems(PoolRow, { ...pool, ...change })).toContain(named)
  })
})

describe('needOf', () => {
  it('takes what the largest candidate would take, one instance', () => {
    expect(needOf(['t3.small', 'c7i.4xlarge', 'm7i.large'])).toEqual({ vcpus: 16, instances: 1 })
  })
  it.each(Object.entries(instanceTypes))('%s has vCPUs and memory', (name, { vcpus, memoryGiB, architecture }) => {
    expect([vcpus, memoryGiB].every((number) => number > 0)).toBe(true)
    expect(architecture).toBe(/^[a-z]+\d+g[a-z]*\./.test(name) ? 'arm64' : 'x86_64')
  })
})
