import { PriceTable } from '#domain/prices'
import table from './prices.json' with { type: 'json' }

/** The prices that jobs are charged by. `mayfly prices refresh` writes the file anew. */
export const prices: PriceTable = PriceTable.parse(table)
