import { describe, expect, it } from 'vitest'
import { planChaos } from '#local/chaos/plan'
import type { Fault } from '#local/hypervisor/fault'

const launches: Fault['type'][] = [
  'death',
  'fail-pending',
  'dead-boot',
  'freeze',
  'slow-boot',
  'lose-answer',
  'insufficient-capacity',
  'vcpu-limit',
  'describe-lag',
  'spot-interruption',
]
const events: Fault['type'][] = ['lose-events', 'late-events', 'repeat-events']

describe('a plan of chaos', () => {
  it('is the same for the same seed, and another for another', () => {
    const options = { files: 50, payers: 5, seed: 7 }
    expect(planChaos(options)).toEqual(planChaos(options))
    expect(planChaos({ ...options, seed: 8 })).not.toEqual(planChaos(options))
  })

  it('holds every fault in 200 files over 12 payers', () => {
    const { files, ofAll } = planChaos({ files: 200, payers: 12, seed: 1 })
    const planned = new Set([
      ...files.flatMap(({ ofJob, ofKey }) => [
        ...ofJob.map(({ fault }) => fault.type),
        ...ofKey.map(({ type }) => type),
      ]),
      ...ofAll.map(({ type }) => type),
    ])
    expect([...planned].sort()).toEqual([...launches, ...events, 'throttle'].sort())
    expect(files.some(({ text }) => text.includes('hangsOnAttempt'))).toBe(true)
    expect(new Set(files.map(({ payerId }) => payerId)).size).toBe(12)
    expect(new Set(files.map(({ key }) => key)).size).toBe(200)
  })

  it('never loses the news of an arrival: S3 does not, and a forgotten file is looked for once a day', () => {
    const { files, ofAll } = planChaos({ files: 200, payers: 12, seed: 2 })
    const lost = [...files.flatMap(({ ofKey }) => ofKey), ...ofAll].filter(({ type }) => type === 'lose-events')
    for (const fault of lost) expect('key' in fault && fault.key).toMatch(/^\/(result|progress)\.json$/)
  })

  it('has a member file first for every payer, and unsound claims only', () => {
    const { files } = planChaos({ files: 200, payers: 12, seed: 3 })
    for (const { key, isSound, fileType, text } of files) {
      expect(key).toContain(`/${fileType}/`)
      expect(isSound || fileType === 'claims', key).toBe(true)
      expect(isSound).toBe(text.endsWith('}\n'))
    }
    expect(files.slice(0, 12).every(({ fileType }) => fileType === 'member')).toBe(true)
  })

  it('has no faults where it is to be calm', () => {
    const { files, ofAll } = planChaos({ files: 20, payers: 4, seed: 1, calm: true })
    expect([...files.flatMap(({ ofJob, ofKey }) => [...ofJob, ...ofKey]), ...ofAll]).toEqual([])
  })
})
