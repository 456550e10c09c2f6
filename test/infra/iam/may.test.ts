import { describe, expect, it } from 'vitest'
import type { Context } from '#test/infra/iam/matches'
import { type IamRequest, may } from '#test/infra/iam/may'
import { statementsIn } from '#test/infra/iam/statement'

/** IAM's own variable. */
const USER_ID = `\${aws:userid}`

const get = (resource: string, context?: Context): IamRequest => ({
  action: 's3:GetObject',
  resource,
  ...(context ? { context } : {}),
})
const allow = (more: object) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*', ...more })
const deny = (more: object) => ({ ...allow(more), Effect: 'Deny' })
const policy = (...Statement: object[]) => statementsIn({ Statement })

describe('one policy', () => {
  const own = { Resource: `arn:aws:s3:::a/${USER_ID}/*` }
  const when = (Condition: object) => ({ Condition })
  it.each<[string, object[], IamRequest, boolean]>([
    ['nothing is allowed by default', [], get('arn:aws:s3:::a/k'), false],
    ['what is allowed is', [allow({})], get('arn:aws:s3:::a/k'), true],
    ['another resource is not', [allow({})], get('arn:aws:s3:::b/k'), false],
    ['another action is not', [allow({ Action: 's3:PutObject' })], get('arn:aws:s3:::a/k'), false],
    ['actions have wildcards and no case', [allow({ Action: 'S3:get*' })], get('arn:aws:s3:::a/k'), true],
    ['a deny wins over an allow', [allow({}), deny({})], get('arn:aws:s3:::a/k'), false],
    ['a question mark is one character', [allow({ Resource: 'arn:aws:s3:::a/?' })], get('arn:aws:s3:::a/kk'), false],
    ['a dot is a dot', [allow({ Resource: 'arn:aws:s3:::a/k.t' })], get('arn:aws:s3:::a/kxt'), false],
    ['a variable is put', [allow(own)], get('arn:aws:s3:::a/R:i-1/k', { 'aws:userid': 'R:i-1' }), true],
    ['a variable is another’s', [allow(own)], get('arn:aws:s3:::a/R:i-1/k', { 'aws:userid': 'R:i-2' }), false],
    ['a variable without a value matches nothing', [allow(own)], get('arn:aws:s3:::a//k'), false],
    ['a variable’s value has no wildcards', [allow(own)], get('arn:aws:s3:::a/R/k', { 'aws:userid': '*' }), false],
    ['equal', [allow(when({ StringEquals: { k: 'v' } }))], get('arn:aws:s3:::a/k', { k: 'v' }), true],
    [
      'one of the values',
      [allow(when({ StringEquals: { k: ['u', 'v'] } }))],
      get('arn:aws:s3:::a/k', { k: 'v' }),
      true,
    ],
    ['every key', [allow(when({ StringEquals: { k: 'v', l: 'w' } }))], get('arn:aws:s3:::a/k', { k: 'v' }), false],
    [
      'equal takes no wildcards',
      [allow(when({ StringEquals: { k: 'v*' } }))],
      get('arn:aws:s3:::a/k', { k: 'vv' }),
      false,
    ],
    ['like does', [allow(when({ StringLike: { k: 'v*' } }))], get('arn:aws:s3:::a/k', { k: 'vv' }), true],
    [
      'a condition may name a variable',
      [allow(when({ StringEquals: { k: USER_ID } }))],
      get('arn:aws:s3:::a/k', { k: 'R', 'aws:userid': 'R' }),
      true,
    ],
    [
      '… of another',
      [allow(when({ StringEquals: { k: USER_ID } }))],
      get('arn:aws:s3:::a/k', { k: 'R', 'aws:userid': 'S' }),
      false,
    ],
    ['an absent key is not equal', [allow(when({ StringEquals: { k: 'v' } }))], get('arn:aws:s3:::a/k'), false],
    ['… but passes a negation', [allow(when({ StringNotEquals: { k: 'v' } }))], get('arn:aws:s3:::a/k'), true],
    ['… and an IfExists', [allow(when({ StringEqualsIfExists: { k: 'v' } }))], get('arn:aws:s3:::a/k'), true],
    ['Null false wants the key', [allow(when({ Null: { k: 'false' } }))], get('arn:aws:s3:::a/k'), false],
    ['Null true wants none', [allow(when({ Null: { k: 'true' } }))], get('arn:aws:s3:::a/k'), true],
    ['Bool', [deny(when({ Bool: { t: 'false' } })), allow({})], get('arn:aws:s3:::a/k', { t: 'false' }), false],
    ['a number', [allow(when({ NumericEquals: { n: '1' } }))], get('arn:aws:s3:::a/k', { n: '2' }), false],
    [
      'any of many',
      [allow(when({ 'ForAnyValue:StringEquals': { k: 'v' } }))],
      get('arn:aws:s3:::a/k', { k: ['u', 'v'] }),
      true,
    ],
    ['any of none', [allow(when({ 'ForAnyValue:StringEquals': { k: 'v' } }))], get('arn:aws:s3:::a/k'), false],
    [
      'all of many',
      [allow(when({ 'ForAllValues:StringEquals': { k: 'v' } }))],
      get('arn:aws:s3:::a/k', { k: ['u', 'v'] }),
      false,
    ],
  ])('%s', (_, statements, request, answer) => {
    expect(may(request, { identity: policy(...statements) })).toBe(answer)
  })
})

describe('several policies', () => {
  const request = get('arn:aws:s3:::a/k', { 'aws:PrincipalArn': 'arn:role' })
  it.each([
    ['the resource allows', { identity: [], resource: policy(allow({ Principal: '*' })) }, true],
    [
      'the resource denies',
      { identity: policy(allow({})), resource: policy(deny({ Principal: { AWS: '*' } })) },
      false,
    ],
    [
      'it denies another',
      { identity: policy(allow({})), resource: policy(deny({ Principal: { AWS: 'arn:x' } })) },
      true,
    ],
    ['the endpoint does not allow', { identity: policy(allow({})), endpoint: [] }, false],
    ['the endpoint alone is not enough', { identity: [], endpoint: policy(allow({ Principal: '*' })) }, false],
    ['both allow', { identity: policy(allow({})), endpoint: policy(allow({ Principal: '*' })) }, true],
  ])('%s: %#', (_, policies, answer) => expect(may(request, policies)).toBe(answer))
})

it('what it does not know it does not pass over', () => {
  expect(() => policy({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' })).toThrow('NotAction')
  const strange = policy(allow({ Condition: { DateLessThan: { k: '2026' } } }))
  expect(() => may(get('arn:aws:s3:::a/k', { k: 'v' }), { identity: strange })).toThrow('DateLessThan')
  const many = policy(allow({ Condition: { StringEquals: { k: 'v' } } }))
  expect(() => may(get('arn:aws:s3:::a/k', { k: ['v'] }), { identity: many })).toThrow('quantifier')
})
