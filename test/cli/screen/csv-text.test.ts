import { expect, it } from 'vitest'
import { csvText } from '#cli/screen/csv-text'

it.each([
  { value: 'a,b', cell: '"a,b"' },
  { value: 'say "x"', cell: '"say ""x"""' },
  { value: 'two\nlines', cell: '"two\nlines"' },
  { value: '=HYPERLINK("http://x")', cell: `"'=HYPERLINK(""http://x"")"` },
  { value: '-1+1', cell: "'-1+1" },
  { value: -1.5, cell: '-1.5' },
  { value: undefined, cell: '' },
  { value: { member: 'x' }, cell: '"{""member"":""x""}"' },
])('$value is written as $cell', ({ value, cell }) => {
  expect(csvText(['a', 'b'], [{ a: value, b: 1 }])).toBe(`a,b\r\n${cell},1\r\n`)
})
