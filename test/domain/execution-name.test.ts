import { describe, expect, it } from 'vitest'
import { executionName, roundOfName } from '#domain/execution-name'

const job = { job: '0123456789abcdef01234567', payerId: 'acme', fileType: 'member', fileName: 'a.834', round: 1 }

describe('executionName', () => {
  it.each([
    [{}, 'acme-member-a-834-0123456789abcdef01234567-r1'],
    [{ round: 12 }, 'acme-member-a-834-0123456789abcdef01234567-r12'],
    [{ fileName: 'ä b/ü?.x12' }, 'acme-member--b-x12-0123456789abcdef01234567-r1'],
    [{ payerId: 'a.b' }, 'a-b-member-a-834-0123456789abcdef01234567-r1'],
  ])('%j', (change, name) => {
    expect(executionName({ ...job, ...change }).replace(/-+/g, '-')).toBe(name.replace(/-+/g, '-'))
  })

  it.each([1, 30, 60, 79, 80, 200])('a file name of %i characters gives a name that Step Functions takes', (length) => {
    for (const letter of ['x', '.', 'é', '💊']) {
      const name = executionName({ ...job, fileName: letter.repeat(length), round: 123 })
      expect(name).toMatch(/^[0-9A-Za-z_-]{1,80}$/)
      expect(name).toMatch(/-0123456789abcdef01234567-r123$/)
    }
  })

  it.each([
    ['acme-member-a-834-0123456789abcdef01234567-r12', { job: '0123456789abcdef01234567', round: 12 }],
    ['0123456789abcdef01234567-r1', undefined],
    ['acme-member-a-834-0123456789-r1', undefined],
    ['somebody-elses', undefined],
    ['acme-member-a-834-0123456789abcdef01234567-r12-copy', undefined],
  ])('%s names round %j', (name, round) => expect(roundOfName(name)).toEqual(round))

  it('two rounds, and two files of one name, have names of their own however long they are', () => {
    const long = { ...job, fileName: 'x'.repeat(300) }
    const names = [long, { ...long, round: 2 }, { ...long, job: 'fedcba98765432100123' }].map(executionName)
    expect(new Set(names).size).toBe(3)
  })
})
