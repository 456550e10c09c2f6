import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { shortened } from '#cli/screen/shortened'

const key = 'sunrise-health/claims/week-31.837'

describe('shortened', () => {
  it.each([
    { text: key, width: 33, cut: 'end' as const, to: key },
    { text: key, width: 12, cut: 'end' as const, to: 'sunrise-hea…' },
    { text: key, width: 12, cut: 'middle' as const, to: 'sunri…31.837' },
    { text: key, width: 2, cut: 'middle' as const, to: '…7' },
    { text: key, width: 1, cut: 'end' as const, to: 's' },
    { text: key, width: 0, cut: 'end' as const, to: '' },
    { text: key, width: 24, cut: 'key' as const, to: 'sunrise-hea…/week-31.837' },
    { text: key, width: 14, cut: 'key' as const, to: 'sun…/week….837' },
    { text: key, width: 3, cut: 'key' as const, to: 's…7' },
    { text: 'week-31-of-2026.837', width: 9, cut: 'key' as const, to: 'week….837' },
    { text: 'acme/claims/institutional.837', width: 24, cut: 'key' as const, to: 'acme/cl…/institu…nal.837' },
    { text: '請求書一覧', width: 10, cut: 'end' as const, to: '請求書一覧' },
    { text: '請求書一覧', width: 8, cut: 'end' as const, to: '請求書…' },
    { text: '請求書一覧', width: 6, cut: 'middle' as const, to: '請…覧' },
    { text: '請求書一覧', width: 1, cut: 'end' as const, to: '' },
    { text: 'e\u0301te\u0301 2026', width: 4, cut: 'end' as const, to: 'e\u0301te\u0301…' },
  ])('$text in $width columns, cut at its $cut, is $to', ({ text, width, cut, to }) => {
    expect(shortened(text, width, cut)).toBe(to)
    expect(stringWidth(to)).toBeLessThanOrEqual(width)
  })
})
