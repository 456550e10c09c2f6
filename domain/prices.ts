import * as z from 'zod'

const Usd = z.number().nonnegative()

/** List prices of one region, US dollars: no free tier, no savings plan. */
export const PriceTable = z.strictObject({
  region: z.string(),
  currency: z.literal('USD'),
  /** The day that the prices held. */
  asOf: z.iso.date(),
  sources: z.strictObject({ onDemand: z.string(), spot: z.string(), services: z.string() }),
  /** Entries that nobody has read from a source of AWS's. */
  unverified: z.array(z.string()),
  /** Linux, shared tenancy, per hour. */
  instances: z.record(z.string(), z.strictObject({ onDemand: Usd, spot: Usd })),
  services: z.record(z.string(), z.strictObject({ usd: Usd, per: z.number().positive() })),
})
export type PriceTable = z.infer<typeof PriceTable>

/** Hours of an average month, as AWS's own calculator counts them. */
export const MONTH_HOURS = 730

/** An instance's price per hour; undefined when the table does not have the type. */
export const hourlyPrice = (
  { instances }: Pick<PriceTable, 'instances'>,
  instanceType: string,
  market: 'spot' | 'on-demand',
): number | undefined => {
  const found = Object.hasOwn(instances, instanceType) ? instances[instanceType] : undefined
  return market === 'spot' ? found?.spot : found?.onDemand
}

/** The price of one unit of a service. @throws when the table does not have it */
export const unitPrice = ({ services }: Pick<PriceTable, 'services'>, service: string): number => {
  const found = Object.hasOwn(services, service) ? services[service] : undefined
  if (!found)
    throw new Error(`no price for ${JSON.stringify(service)}; known: ${Object.keys(services).sort().join(', ')}`)
  return found.usd / found.per
}
