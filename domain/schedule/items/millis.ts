import * as z from 'zod'

/** Milliseconds since 1970, UTC. */
export const Millis = z.int().nonnegative()
