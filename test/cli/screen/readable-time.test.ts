import { describe, expect, it } from 'vitest'
import { readableDuration, readableTime } from '#cli/screen/readable-time'

const now = new Date(2026, 10, 22, 16, 5, 9).getTime()

describe('times', () => {
  it.each([
    { at: now - 65_000, text: '16:04:04' },
    { at: now - 86_400_000, text: '2026-11-21 16:05:09' },
    { at: undefined, text: '–' },
  ])('$at is $text', ({ at, text }) => expect(readableTime(at, now)).toBe(text))

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1 s'],
    [65_000, '1 min 05 s'],
    [3_600_000, '1 h 00 min'],
    [86_400_000 + 7_200_000, '1 d 2 h'],
  ])('%i ms are %s', (millis, text) => expect(readableDuration(millis)).toBe(text))
})
