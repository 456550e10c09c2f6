import { prices } from '#config/prices'
import { hourlyPrice, MONTH_HOURS, unitPrice } from '#domain/prices'
import type { Candidate } from '#domain/schedule/items/candidate'

/** Candidates with the price that each has today: a job is charged by what held when its attempt was opened. */
export const withPrices = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.map((candidate) => {
    const usdPerHour = hourlyPrice(prices, candidate.instanceType, candidate.market)
    return usdPerHour === undefined ? candidate : { ...candidate, usdPerHour }
  })

/** A gp3 disk's price per hour of its life. */
export const diskUsdPerHour = (diskGiB: number): number => (diskGiB * unitPrice(prices, 'gp3GbMonth')) / MONTH_HOURS
