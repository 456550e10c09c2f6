import { describe, expect, it } from 'vitest'
import { gateOf } from '#domain/schedule/gate'
import type { Scope, ScopeType } from '#domain/schedule/items/scope'

const type = (state: Partial<ScopeType>): ScopeType => ({
  unfinished: 0,
  blocking: {},
  succeeded: 0,
  running: 0,
  ...state,
})
const scope = (types: Record<string, Partial<ScopeType>>): Scope => ({
  payerId: 'acme',
  types: Object.fromEntries(Object.entries(types).map(([name, state]) => [name, type(state)])),
})
const after = [{ type: 'member', atLeast: 1 }]

describe('gateOf', () => {
  it.each([
    { given: 'no scope yet', scope: undefined, because: 'member-file-missing', waitingFor: ['member'] },
    { given: 'no member file', scope: scope({ claims: {} }), because: 'member-file-missing', waitingFor: ['member'] },
    {
      given: 'an unfinished one',
      scope: scope({ member: { unfinished: 1, succeeded: 3 } }),
      because: 'member-file-unfinished',
      waitingFor: ['member'],
    },
    {
      given: 'a failed one',
      scope: scope({ member: { blocking: { m1: 'failed' }, succeeded: 3 } }),
      because: 'member-file-failed',
      waitingFor: ['m1'],
    },
    {
      given: 'a rejected one, and another on its way',
      scope: scope({ member: { blocking: { m1: 'rejected' }, unfinished: 1 } }),
      because: 'member-file-rejected',
      waitingFor: ['m1'],
    },
  ])('$given: closed, $because', ({ scope, because, waitingFor }) => {
    expect(gateOf({ after }, scope)).toMatchObject({ open: false, because, waitingFor })
  })

  it.each([
    { given: 'one success', after, scope: scope({ member: { succeeded: 1 } }) },
    { given: 'no requirement', after: [], scope: scope({ member: { unfinished: 5 } }) },
    { given: 'atLeast 0 and nothing there', after: [{ type: 'member', atLeast: 0 }], scope: scope({}) },
  ])('$given: open', ({ after, scope }) => {
    expect(gateOf({ after }, scope)).toEqual({ open: true })
  })

  it('atLeast is a number of successes', () => {
    const two = [{ type: 'member', atLeast: 2 }]
    expect(gateOf({ after: two }, scope({ member: { succeeded: 1 } })).open).toBe(false)
    expect(gateOf({ after: two }, scope({ member: { succeeded: 2 } })).open).toBe(true)
  })

  it('every required type counts, and only in its own scope', () => {
    const both = [...after, { type: 'provider', atLeast: 1 }]
    const gate = gateOf({ after: both }, scope({ member: { succeeded: 1 } }))
    expect(gate).toMatchObject({ open: false, because: 'provider-file-missing' })
  })
})
