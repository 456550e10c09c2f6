/** An object key or a reason may hold anything, escape sequences included: a terminal gets none of them. */
export const printable = (text: string): string => text.replace(/\p{C}/gu, '?')
