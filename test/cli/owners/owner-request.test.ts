import { describe, expect, it } from 'vitest'
import { landingKey } from '#cli/owners/landing-key'
import { machineUser, ownerRequest, parseLane } from '#cli/owners/owner-request'

describe('a lane on the command line', () => {
  it.each([
    { text: 'sunrise/claims', lane: { scope: 'sunrise', type: 'claims' } },
    { text: 'sunrise/2026-11/claims', lane: { scope: 'sunrise#2026-11', type: 'claims' } },
  ])('$text', ({ text, lane }) => expect(parseLane(text)).toEqual(lane))

  it.each(['claims', '', '/claims', 'sunrise/', 'a/b/c/d', 'sunrise#2026/claims', 'sunrise/cla ims'])(
    '%j is refused',
    (text) => expect(() => parseLane(text)).toThrow(/is no lane; it should be <payer>\/<type> or/),
  )
})

describe('a request', () => {
  const whole = { action: 'hold', who: 'ana', why: 'month end', lane: { scope: 'a', type: 'claims' } } as const

  it('gets an id that no other has, unless one is given', () => {
    const [first, second] = [ownerRequest(whole), ownerRequest(whole)]
    expect(first.id).toMatch(/^[0-9a-f]{24}$/)
    expect(second.id).not.toBe(first.id)
    expect(ownerRequest({ ...whole, id: 'abcdef01' })).toEqual({ kind: 'request', id: 'abcdef01', ...whole })
  })

  it.each([
    { given: { why: '' }, says: '--why is ""; it should say why, in 1 to 500 characters' },
    { given: { why: ' \n\t' }, says: '--why is " \\n\\t"; it should say why, in 1 to 500 characters' },
    { given: { why: 'x'.repeat(501) }, says: '--why has 501 characters; it should say why, in 1 to 500 characters' },
    { given: { who: ' ' }, says: '--who is " "; it should name who asks, in 1 to 128 characters' },
    { given: { id: 'short' }, says: '--id is "short"; it should have 8 to 64 characters, or be left out' },
    {
      given: { id: 'x'.repeat(65) },
      says: '--id has 65 characters; it should have 8 to 64 characters, or be left out',
    },
  ])('with $given is refused in one sentence', ({ given, says }) => {
    expect(() => ownerRequest({ ...whole, ...given })).toThrow(new Error(says))
  })

  it('keeps words without the blanks around them', () => {
    expect(ownerRequest({ ...whole, who: ' ana ', why: 'month end\n' })).toMatchObject({ who: 'ana', why: 'month end' })
  })

  it('is asked by the user of the machine', () => expect(machineUser()).not.toBe(''))
})

describe('a file to submit', () => {
  it.each([
    { parts: { payer: 'sunrise', type: 'claims', name: 'a b.837' }, key: 'sunrise/claims/a b.837' },
    { parts: { payer: 'sunrise', type: 'member', cycle: '2026-11', name: 'm' }, key: 'sunrise/member/2026-11/m' },
  ])('lands as $key', ({ parts, key }) => expect(landingKey(parts)).toBe(key))

  it.each([
    { payer: 'sun/rise', type: 'claims', name: 'a' },
    { payer: 'sunrise', type: 'cla ims', name: 'a' },
    { payer: 'sunrise', type: 'claims', cycle: '', name: 'a' },
    { payer: 'sunrise', type: 'claims', cycle: '..', name: 'a' },
    { payer: 'sunrise', type: 'claims', name: '2026-11/a' },
    { payer: 'sunrise', type: 'claims', name: '' },
  ])('$payer, $type, $cycle, $name would be read as something else, and is refused', (parts) =>
    expect(() => landingKey(parts)).toThrow(/would not be understood; it should be <payer>\/<type>\//),
  )
})
