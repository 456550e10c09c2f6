import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { executionName, roundOfName } from '#domain/execution-name'
import { jobIdOf } from '#domain/job-id'
import { candidatesOf } from '#domain/launching'
import { instanceTypes } from '#domain/policy/instance-types'
import { routeKey } from '#domain/route'
import { holds } from '#test/properties/holds'

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
const part = fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.replaceAll('/', '_'))
const job = fc.record({
  job: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 24, maxLength: 24 }),
  payerId: name,
  fileType: name,
  fileName: fc.oneof(part, fc.string({ unit: 'binary', minLength: 100, maxLength: 900 })),
  round: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 100_000 })),
})

describe('executionName', () => {
  it('is one that Step Functions takes, and names its job and round', () =>
    holds([job], (each) => {
      const named = executionName(each)
      expect(named).toMatch(/^[0-9A-Za-z_-]{1,80}$/)
      expect(roundOfName(named)).toEqual({ job: each.job, round: each.round })
    }))

  it('begins with the payer as far as it goes, so that people find it', () =>
    holds([job], (each) => {
      const payer = each.payerId.replaceAll(/\.+/g, '-')
      expect(executionName(each).startsWith(payer.slice(0, 40))).toBe(true)
    }))
})

describe('jobIdOf', () => {
  const file = fc.record({ bucket: part, key: part, version: part })
  it('is the same for the same version, and another for another', () =>
    holds([file, file], (a, b) => {
      expect(jobIdOf(a)).toMatch(/^[0-9a-f]{24}$/)
      expect(jobIdOf(a) === jobIdOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      expect(jobIdOf({ ...a })).toBe(jobIdOf(a))
    }))
})

describe('routeKey', () => {
  const routable = fc.tuple(name, name, fc.option(name, { nil: undefined }), part)

  it('reads back what a key was made of', () =>
    holds([routable], ([payerId, fileType, cycle, fileName]) => {
      const key = [payerId, fileType, ...(cycle === undefined ? [] : [cycle]), fileName].join('/')
      expect(routeKey(key)).toEqual({ payerId, fileType, fileName, ...(cycle === undefined ? {} : { cycle }) })
    }))

  const word = fc.constantFrom('acme', 'a.b', '-x', '', ' ', '*', 'é', '#', 'x'.repeat(64), 'x'.repeat(65), '..')
  it('takes a key of two or three sound names and a file, and no other', () =>
    holds([fc.array(fc.oneof(word, name), { maxLength: 5 })], (parts) => {
      const sound = (text: string) => text.length <= 64 && /^[A-Za-z0-9]/.test(text) && !/[^A-Za-z0-9._-]/.test(text)
      const before = parts.slice(0, -1)
      const expected = [2, 3].includes(before.length) && before.every(sound) && parts.at(-1) !== ''
      expect(routeKey(parts.join('/')) !== undefined).toBe(expected)
    }))

  it('makes something of any text, or nothing, and never throws', () =>
    holds([fc.string({ unit: 'binary' })], (key) => {
      const route = routeKey(key)
      if (route)
        expect([route.payerId, route.fileType, ...(route.cycle ? [route.cycle] : []), route.fileName].join('/')).toBe(
          key,
        )
    }))
})

describe('candidatesOf', () => {
  const chosen = fc.uniqueArray(fc.constantFrom(...Object.keys(instanceTypes)), { minLength: 1, maxLength: 4 })
  const subnets = fc.uniqueArray(fc.stringMatching(/^subnet-[0-9a-f]{4}$/), { minLength: 1, maxLength: 5 })
  const attempt = fc.integer({ min: 1, max: 12 })
  const onDemand = (some: string[], zones: string[], n: number) =>
    candidatesOf({ instanceTypes: some, market: 'on-demand', onDemandAfter: 1 }, zones, n, 0)

  it('on the spot market: every type in every subnet there first, then all of it on demand', () =>
    holds([chosen, subnets, attempt, fc.nat(3), fc.nat(3)], (some, zones, n, onDemandAfter, losses) => {
      const found = candidatesOf({ instanceTypes: some, market: 'spot', onDemandAfter }, zones, n, losses)
      const all = onDemand(some, zones, n)
      const spot = losses < onDemandAfter ? all.map((each) => ({ ...each, market: 'spot' })) : []
      expect(found).toEqual([...spot, ...all])
    }))

  it('is every type in every subnet, once, types in the order of the row', () =>
    holds([chosen, subnets, attempt], (some, zones, n) => {
      const found = onDemand(some, zones, n)
      const pairs = found.map(({ instanceType, subnet }) => `${instanceType} ${subnet}`)
      expect([...pairs].sort()).toEqual(some.flatMap((each) => zones.map((zone) => `${each} ${zone}`)).sort())
      expect([...new Set(found.map(({ instanceType }) => instanceType))]).toEqual(some)
      expect(new Set(found.map(({ market }) => market))).toEqual(new Set(['on-demand']))
    }))

  it('is the same for the same attempt, and begins in the next zone for the next', () =>
    holds([chosen, subnets, attempt], (some, zones, n) => {
      const first = (of: number) => onDemand(some, zones, of)[0]?.subnet
      expect(onDemand(some, zones, n)).toEqual(onDemand(some, zones, n))
      expect(first(n)).toBe(zones[(n - 1) % zones.length])
      expect(first(n + zones.length)).toBe(first(n))
    }))

  it('of no subnet is nothing', () =>
    holds([chosen, attempt], (some, n) => {
      expect(onDemand(some, [], n)).toEqual([])
    }))
})
