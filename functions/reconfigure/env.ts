import * as z from 'zod'

export const env = z.object({ INBOX_URL: z.string().min(2) })
