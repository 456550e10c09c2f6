import { describe, expect, it } from 'vitest'
import { routeKey } from '#domain/route'

describe('routeKey', () => {
  it.each([
    ['acme/member/a.834', { payerId: 'acme', fileType: 'member', fileName: 'a.834' }],
    ['acme/claims/2026-11/b c.837', { payerId: 'acme', fileType: 'claims', cycle: '2026-11', fileName: 'b c.837' }],
    ['a.b_c-d/x/y', { payerId: 'a.b_c-d', fileType: 'x', fileName: 'y' }],
    ['acme/member/*', { payerId: 'acme', fileType: 'member', fileName: '*' }],
  ])('%s', (key, route) => {
    expect(routeKey(key)).toEqual(route)
  })

  it.each([
    '',
    'a.834',
    'acme/a.834',
    'acme/member/',
    'acme/member/2026/',
    'acme/member/2026/11/a.834',
    '/acme/member/a.834',
    'acme//a.834',
    'acme/member//a.834',
    '*/member/a.834',
    'acme/*/a.834',
    'ac me/member/a.834',
    'acme#x/member/a.834',
    '-acme/member/a.834',
    '../member/a.834',
    `${'x'.repeat(65)}/member/a.834`,
    'ácme/member/a.834',
  ])('%j has no route', (key) => {
    expect(routeKey(key)).toBeUndefined()
  })
})
