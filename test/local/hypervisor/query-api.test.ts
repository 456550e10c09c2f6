import { describe, expect, it } from 'vitest'
import type { Instance } from '#local/hypervisor/instance'
import { isVisible } from '#local/hypervisor/instance'
import { matchesFilters } from '#local/hypervisor/instance-filters'
import { listOf, structuresOf, tagsOf } from '#local/hypervisor/query'
import { answerXml, element, errorXml } from '#local/hypervisor/xml'

const anInstance = (change: Partial<Instance> = {}): Instance => ({
  id: 'i-0123456789abcdef0',
  reservationId: 'r-1',
  index: 0,
  requestHash: 'h',
  state: 'running',
  transitionReason: '',
  launchedAt: '2026-11-22T10:00:00.000Z',
  imageId: 'ami-1',
  instanceType: 't3.small',
  zone: 'us-east-1a',
  securityGroupIds: [],
  spot: false,
  shutdownBehavior: 'terminate',
  tags: { app: 'mayfly', 'odd.*': 'a*b' },
  userData: '',
  ...change,
})

describe('a query', () => {
  it('is read in the order of its numbers, not of its text', () => {
    const query = new URLSearchParams('InstanceId.10=c&InstanceId.2=b&InstanceId.1=a&InstanceIdX.1=no&InstanceId.x=no')
    expect(listOf(query, 'InstanceId')).toEqual(['a', 'b', 'c'])
  })

  it('holds structures', () => {
    const query = new URLSearchParams('Filter.1.Name=n&Filter.1.Value.1=x&Filter.1.Value.2=y&Filter.11.Name=m')
    const [first, second] = structuresOf(query, 'Filter')
    expect([first?.get('Name'), first && listOf(first, 'Value'), second?.get('Name')]).toEqual(['n', ['x', 'y'], 'm'])
  })

  it('holds tags, whose value may be missing', () => {
    expect(tagsOf(new URLSearchParams('Tag.1.Key=a&Tag.1.Value=1&Tag.2.Key=b'))).toEqual({ a: '1', b: '' })
  })
})

describe('an answer', () => {
  it.each([
    { value: 'a < b & "c" > d', xml: '<v>a &lt; b &amp; &quot;c&quot; &gt; d</v>' },
    { value: ']]>', xml: '<v>]]&gt;</v>' },
    { value: 'a\u0000\u001bb\ud800', xml: '<v>a\ufffd\ufffdb\ufffd</v>' },
    { value: '🚀\n', xml: '<v>🚀\n</v>' },
    { value: [], xml: '<v></v>' },
    { value: [{ key: 'k' }, 7], xml: '<v><item><key>k</key></item><item>7</item></v>' },
    { value: { a: undefined, b: false }, xml: '<v><b>false</b></v>' },
    { value: undefined, xml: '' },
  ])('writes $value as $xml', ({ value, xml }) => {
    expect(element('v', value)).toBe(xml)
  })

  it('names its action, and errors their code', () => {
    expect(answerXml('RunInstances', 'r', {})).toContain(
      '<RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId></RunInstancesResponse>',
    )
    expect(errorXml('A', 'b<', 'r')).toContain('<Errors><Error><Code>A</Code><Message>b&lt;</Message></Error></Errors>')
  })
})

describe('filters', () => {
  it.each([
    { name: 'tag:app', values: ['may*'], matches: true },
    { name: 'tag:app', values: ['may'], matches: false },
    { name: 'tag:app', values: ['x', 'm?yfly'], matches: true },
    { name: 'tag:none', values: ['*'], matches: false },
    { name: 'tag:odd.*', values: ['a\\*b'], matches: true },
    { name: 'tag:app', values: ['m.*'], matches: false },
    { name: 'tag-key', values: ['app'], matches: true },
    { name: 'instance-state-code', values: ['16'], matches: true },
    { name: 'instance-id', values: [], matches: false },
  ])('$name $values: $matches', ({ name, values, matches }) => {
    const query = new URLSearchParams({ 'Filter.1.Name': name })
    values.forEach((value, at) => {
      query.set(`Filter.1.Value.${at + 1}`, value)
    })
    expect(matchesFilters(anInstance(), query)).toBe(matches)
  })

  it('must all hold', () => {
    const both = (state: string) =>
      new URLSearchParams({
        'Filter.1.Name': 'tag-key',
        'Filter.1.Value.1': 'app',
        'Filter.2.Name': 'instance-state-name',
        'Filter.2.Value.1': state,
      })
    expect(matchesFilters(anInstance(), both('running'))).toBe(true)
    expect(matchesFilters(anInstance(), both('stopped'))).toBe(false)
  })

  it('that nobody knows are refused', () => {
    expect(() => matchesFilters(anInstance(), new URLSearchParams({ 'Filter.1.Name': 'colour' }))).toThrow(/'colour'/)
  })
})

it.each([
  { endedAt: undefined, visible: true },
  { endedAt: '2026-11-22T11:00:01.000Z', visible: true },
  { endedAt: '2026-11-22T10:59:59.000Z', visible: false },
])('an instance that ended at $endedAt is visible at noon: $visible', ({ endedAt, visible }) => {
  expect(isVisible(anInstance(endedAt ? { endedAt } : {}), Date.parse('2026-11-22T12:00:00Z'))).toBe(visible)
})
