import * as z from 'zod'

const ColumnName = z.string().trim().min(1).max(200)

/** What holds where a row says nothing: comma-separated, with a header. */
export const defaultLayout = {
  ...{ delimiter: ',', columns: [] as string[], full: false },
  ...{ header: 'any-order' as const, encoding: 'utf-8' as const },
}

/** The field `csv` of a policy row: how the payer's CSV files are laid out. */
export const CsvLayout = z
  .strictObject({
    /** One character of ASCII between the fields of a record; `\t` for a tab. */
    delimiter: z
      .string()
      .regex(/^[\t\x20-\x7e]$/, 'one character, such as , ; | or a tab')
      .refine((text) => !/^[0-9A-Za-z"]$/.test(text), 'not a letter, digit or quote')
      .default(defaultLayout.delimiter),
    /** `any-order`: the header names at least `columns`; `in-order`: exactly them; `none`: there is no header. */
    header: z.enum(['none', 'any-order', 'in-order']).default(defaultLayout.header),
    /** Names as in the header, blanks around them and capitals apart. Without a header, only their number counts. */
    columns: z.array(ColumnName).max(1000).default(defaultLayout.columns),
    /** The last record: its first field is `mark`, its field `countField` (from 1) counts the records or all lines. */
    trailer: z
      .strictObject({
        mark: z
          .string()
          .regex(/^[\x21-\x7e]{1,40}$/, 'one to 40 characters of ASCII without blanks')
          .refine((text) => !text.includes('"'), 'without quotes'),
        countField: z.int().min(2).max(1000).default(2),
        /** `records`: without header and trailer; `lines`: every record, both included. */
        counts: z.enum(['records', 'lines']).default('records'),
      })
      .optional(),
    encoding: z.enum(['utf-8', 'latin1']).default(defaultLayout.encoding),
    /** The file holds everybody: whoever it leaves out loses coverage. `minMembers` and `maxDropPercent` then hold. */
    full: z.boolean().default(defaultLayout.full),
  })
  .refine(({ header, columns }) => header !== 'in-order' || columns.length > 0, {
    error: 'header in-order needs columns',
    path: ['columns'],
  })
  .refine(({ columns }) => new Set(columns.map((name) => name.toLowerCase())).size === columns.length, {
    error: 'names a column twice',
    path: ['columns'],
  })
export type CsvLayout = z.infer<typeof CsvLayout>
