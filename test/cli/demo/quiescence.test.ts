import { describe, expect, it } from 'vitest'
import { isQuiescent } from '#cli/demo/quiescence'
import type { Machine } from '#domain/ports/machines'
import type { Status } from '#domain/schedule/items/status'

const job = (status: Status, because?: string) => ({ jobId: 'a', status, ...(because !== undefined && { because }) })
const instance = (state: string): Machine => ({ instanceId: 'i-1', state, tags: {}, launchedAt: 0 })

describe('quiescence', () => {
  it.each([
    { given: 'a success', jobs: [job('succeeded')], instances: [instance('terminated')], quiescent: true },
    { given: 'a gate that a person must open', jobs: [job('waiting', 'member-file-rejected')], quiescent: true },
    { given: 'a file of an unknown payer', jobs: [job('registered', 'unknown-payer')], quiescent: true },
    { given: 'a full pool', jobs: [job('waiting', 'pool-full')], quiescent: false },
    { given: 'a member file at work', jobs: [job('waiting', 'member-file-unfinished')], quiescent: false },
    { given: 'a grace period', jobs: [job('waiting', 'grace-period')], quiescent: false },
    { given: 'a file just registered', jobs: [job('registered')], quiescent: false },
    { given: 'a file at work', jobs: [job('running')], quiescent: false },
    {
      given: 'an instance still up',
      jobs: [job('succeeded')],
      instances: [instance('shutting-down')],
      quiescent: false,
    },
    { given: 'a file not registered yet', jobs: [], quiescent: false },
  ])('with $given: $quiescent', ({ jobs, instances = [], quiescent }) => {
    expect(isQuiescent(jobs, instances, ['a'])).toBe(quiescent)
  })
})
