import * as z from 'zod'

/** Payer, file type and cycle stand in item keys, tags and execution names, so they keep to characters safe in all of them. */
export const Name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)

export type Route = { payerId: string; fileType: string; cycle?: string; fileName: string }

/**
 * Who sent a file and what it is, read from its key in the landing bucket:
 * `<payer>/<type>/<file>` or `<payer>/<type>/<cycle>/<file>`.
 * `undefined` when the key has another form; such a file is held as `unroutable-key`, never dropped.
 */
export const routeKey = (key: string): Route | undefined => {
  const parts = key.split('/')
  const [payerId, fileType, ...rest] = parts
  const fileName = rest.at(-1)
  if (rest.length < 1 || rest.length > 2 || !fileName) return undefined
  const names = [payerId, fileType, ...rest.slice(0, -1)].map((part) => Name.safeParse(part))
  if (names.some((name) => !name.success) || payerId === undefined || fileType === undefined) return undefined
  return { payerId, fileType, fileName, ...(rest.length === 2 && rest[0] ? { cycle: rest[0] } : {}) }
}
