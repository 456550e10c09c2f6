import type { PriceList } from '#cli/money/price-list'
import type { PriceTable } from '#domain/prices'

/** The dear end of what spot cost in mid-2025 (aws-facts), where nobody has asked for the spot prices of today. */
const SPOT_SHARE = 0.44

const fourDigits = (usd: number): number => Math.round(usd * 1e4) / 1e4

/** The table with new prices of its instances. `spot`: the dearest zone's of each type; the prices of services stay. */
export const refreshedPrices = (
  table: PriceTable,
  { asOf, onDemand }: PriceList,
  url: string,
  spot: Readonly<Record<string, number>> | undefined,
): PriceTable => ({
  ...table,
  asOf,
  sources: {
    ...table.sources,
    onDemand: `AWS Price List, Linux, shared tenancy: ${url}`,
    spot: spot
      ? 'DescribeSpotPriceHistory, the dearest zone of the last hour'
      : `estimated: ${SPOT_SHARE} of on demand, the dear end of the spot advisor's savings of mid-2025`,
  },
  unverified: spot ? table.unverified.filter((name) => name !== 'spot') : [...new Set(['spot', ...table.unverified])],
  instances: Object.fromEntries(
    Object.entries(table.instances).map(([type, old]) => {
      const price = onDemand[type] ?? old.onDemand
      return [type, { onDemand: price, spot: fourDigits(spot?.[type] ?? price * SPOT_SHARE) }]
    }),
  ),
})
