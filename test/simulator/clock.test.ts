import { describe, expect, it } from 'vitest'
import { aClock, runOut } from './a-clock.ts'

describe('the virtual clock', () => {
  it('runs events by time, those of one time in order of asking, cancelled ones not at all', async () => {
    const clock = aClock()
    const seen: string[] = []
    const note = (name: string) => () => void seen.push(`${name} at ${clock.now()}`)
    clock.after(20, note('c'))
    clock.after(10, note('a'))
    clock.after(10, note('b'))
    clock.after(15, note('never'))()
    expect(clock.pending()).toBe(3)
    await runOut(clock)
    expect(seen).toEqual(['a at 10', 'b at 10', 'c at 20'])
    expect(clock.pending()).toBe(0)
  })

  it('lets promises go on before the next event', async () => {
    const clock = aClock()
    const seen: string[] = []
    clock.after(1, async () => {
      for (let i = 0; i < 50; i += 1) await Promise.resolve()
      seen.push('promises')
    })
    clock.after(1, () => seen.push('event'))
    await runOut(clock)
    expect(seen).toEqual(['promises', 'event'])
  })
})
