import { describe, expect, it } from 'vitest'
import { theOne } from '#cli/jobs/find-job'

const a = { jobId: 'abcdef0123456789abcdef01', key: 'sunrise/member/a.834' }
const b = { jobId: 'abcdef9923456789abcdef01', key: 'sunrise/member/b.834' }

describe('a prefix of a job id', () => {
  it('may fit nothing', () => expect(theOne('abcdef', [])).toBeUndefined())
  it('names the only job that it fits', () => expect(theOne('abcdef', [a])).toBe(a))
  it('is refused when it fits several, which are named', () => {
    expect(() => theOne('abcdef', [a, b])).toThrow(
      '2 jobs begin with abcdef: abcdef012345 (sunrise/member/a.834), abcdef992345 (sunrise/member/b.834); give more of the id',
    )
  })
})
