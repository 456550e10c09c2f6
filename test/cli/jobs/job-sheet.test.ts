import { expect, it } from 'vitest'
import { jobSheet } from '#cli/jobs/job-sheet'
import { csvText } from '#cli/screen/csv-text'
import { aJobRow, at } from '#test/cli/a-job-row'

it('a spreadsheet has a column for what owners asked, an act after the other', () => {
  const history = [
    { action: 'hold', who: 'Ana', why: 'look, at it', at: at(0) },
    { action: 'withdraw', who: '=Bo', why: 'sent\ntwice', at: at(60) },
  ]
  const { columns, rows } = jobSheet([aJobRow({ history }), aJobRow()])
  expect(columns).toContain('history')
  expect(csvText(['jobId', 'history'], rows)).toBe(
    [
      'jobId,history',
      `aaaaaaaaaaaaaaaaaaaaaaaa,"${at(0)} hold by Ana: look, at it; ${at(60)} withdraw by =Bo: sent twice"`,
      'aaaaaaaaaaaaaaaaaaaaaaaa,',
      '',
    ].join('\r\n'),
  )
})
