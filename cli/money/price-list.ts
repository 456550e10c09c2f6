/** A line of the Price List's CSV: every field in quotes, a quote within doubled. */
const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  )

/** What a row must say to be the price of a plain Linux instance, used by the hour. */
const plain: Record<string, string> = {
  ...{ TermType: 'OnDemand', Unit: 'Hrs', Currency: 'USD', 'Operating System': 'Linux', Tenancy: 'Shared' },
  ...{ 'Pre Installed S/W': 'NA', CapacityStatus: 'Used' },
}
const needed = [...Object.keys(plain), 'Instance Type', 'PricePerUnit']

export type PriceList = { asOf: string; onDemand: Record<string, number> }

/**
 * The on-demand prices of instance types, per hour, from EC2's offer file of one region (CSV, some 300 MB: read line by line).
 * Five lines say what the file is, the sixth names the columns.
 * @throws when the file is another, or lacks a type, or has two prices for one: a table half new is worse than an old one.
 */
export const readPriceList = async (lines: AsyncIterable<string>, types: readonly string[]): Promise<PriceList> => {
  let asOf = ''
  let columns: Map<string, number> | undefined
  const onDemand: Record<string, number> = {}
  for await (const line of lines) {
    if (!columns) {
      const fields = fieldsOf(line)
      if (fields[0] === 'Publication Date') asOf = (fields[1] ?? '').slice(0, 10)
      if (fields[0] !== 'SKU') continue
      columns = new Map(fields.map((name, n) => [name, n]))
      const missing = needed.filter((name) => !columns?.has(name))
      if (missing.length > 0)
        throw new Error(`The price list has no column ${missing.join(', ')}: its format has changed`)
      continue
    }
    // Most of a million lines are of other types: looked at before they are taken apart.
    if (!types.some((type) => line.includes(`"${type}"`))) continue
    const fields = fieldsOf(line)
    const field = (name: string): string => fields[columns?.get(name) ?? -1] ?? ''
    const [type, usd] = [field('Instance Type'), Number(field('PricePerUnit'))]
    if (!types.includes(type) || !(usd > 0)) continue
    if (Object.entries(plain).some(([name, value]) => field(name) !== value)) continue
    const known = onDemand[type]
    if (known !== undefined && known !== usd)
      throw new Error(`The price list has two prices for ${type}: ${known} and ${usd}`)
    onDemand[type] = usd
  }
  const missing = types.filter((type) => !Object.hasOwn(onDemand, type))
  if (missing.length > 0) throw new Error(`The price list has no price for ${missing.join(', ')}`)
  return { asOf, onDemand }
}
