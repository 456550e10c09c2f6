import * as z from 'zod'
import { rules, type TemplateResource, type Use } from '#cli/money/idle-rules'
import { type PriceTable, unitPrice } from '#domain/prices'

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
})

export type BillLine = {
  what: string
  units: number
  /** US dollars a month. */
  usd: number
  basis: string
  freeTier: boolean
  /** Nobody has read the price, or one of them, from a source of AWS's. */
  unverified: boolean
}
export type IdleBill = {
  lines: BillLine[]
  monthlyUsd: number
  /** What is left of it where the free tier covers what it can. */
  afterFreeTierUsd: number
  /** Alarms, dashboards, keys, budgets. */
  apart: BillLine[]
  apartUsd: number
}

const rounded = (usd: number): number => Math.round(usd * 1e4) / 1e4
const sumOf = (lines: readonly BillLine[]): number => rounded(lines.reduce((sum, { usd }) => sum + usd, 0))

/** Lines of the same name are one: ten alarms are ten units. */
const lineOf = (uses: readonly Use[], prices: PriceTable): BillLine[] => {
  const [first] = uses
  if (!first) return []
  const units = uses.reduce((sum, use) => sum + use.units, 0)
  const { what, basis, service, freeTier = false } = first
  const usd = rounded(units * unitPrice(prices, service))
  return [
    {
      what,
      units: Math.round(units * 100) / 100,
      usd,
      basis,
      freeTier,
      unverified: prices.unverified.includes(service),
    },
  ]
}

/**
 * What a synthesised template costs in a month in which no file comes, at list prices. What is stored (objects, rows, old
 * logs) is not in it: that is not idle.
 * @throws on a resource type that no rule speaks of
 */
export const idleBill = (template: unknown, prices: PriceTable): IdleBill => {
  const all = Object.entries(Template.parse(template).Resources).map(
    ([id, { Type, Properties }]): TemplateResource => ({ id, type: Type, properties: Properties }),
  )
  const uses = all.flatMap((resource) => {
    const rule = Object.hasOwn(rules, resource.type) ? rules[resource.type] : undefined
    if (!rule)
      throw new Error(
        `idle-cost has no rule for ${resource.type} (${resource.id}); say in cli/money/idle-rules.ts what it costs`,
      )
    return rule(resource, all)
  })
  const bill = (some: readonly Use[]): BillLine[] =>
    [...new Set(some.map(({ what }) => what))].flatMap((what) =>
      lineOf(
        some.filter((use) => use.what === what),
        prices,
      ),
    )
  const lines = bill(uses.filter((use) => !use.apart))
  const apart = bill(uses.filter((use) => use.apart))
  const afterFreeTierUsd = sumOf(lines.filter(({ freeTier }) => !freeTier))
  return { lines, monthlyUsd: sumOf(lines), afterFreeTierUsd, apart, apartUsd: sumOf(apart) }
}
