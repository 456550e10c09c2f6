/** The tables that people edit. Rows come as they stand; whoever decides parses them. Every method is one DynamoDB request. */
export type PolicyTables = {
  /** All rows of a payer (`*` is one). */
  rows(payerId: string): Promise<unknown[]>
  pool(pool: string): Promise<unknown | undefined>
  /** `mayflyStatus` is the only attribute that we write; a row deleted meanwhile stays deleted. */
  setRowStatus(payerId: string, fileType: string, status: string): Promise<void>
  setPoolStatus(pool: string, status: string): Promise<void>
}
