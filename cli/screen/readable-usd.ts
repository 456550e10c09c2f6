/** `$0.000348`: six digits, for the cheapest minute costs eight hundred-thousandths. */
export const readableUsd = (usd: number): string => `$${usd.toFixed(6)}`
