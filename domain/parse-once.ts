import type * as z from 'zod'

const results = new WeakMap<z.ZodType, WeakMap<object, z.ZodSafeParseResult<unknown>>>()

/**
 * `schema.safeParse`, but the same object only once: an item is asked for ten times in one decision, and parsing was a
 * third of what the scheduler computed. What is read is never changed, so that whoever asks again may share the answer.
 */
export const safeParseOnce = <T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> => {
  if (typeof value !== 'object' || value === null) return schema.safeParse(value)
  const known = results.get(schema) ?? new WeakMap<object, z.ZodSafeParseResult<unknown>>()
  results.set(schema, known)
  const found = (known.get(value) as z.ZodSafeParseResult<T> | undefined) ?? schema.safeParse(value)
  known.set(value, found)
  return found
}

/** `schema.parse`, but the same object only once. */
export const parseOnce = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const { data, error } = safeParseOnce(schema, value)
  if (error) throw error
  return data
}
