import * as z from 'zod'
import { Policy } from '#domain/policy/policy'

/** What the validator must know of a policy; on an instance it comes as JSON, and is parsed there. */
export const ValidationRules = Policy.pick({
  ...{ format: true, set: true, guides: true, allowOtherSets: true, csv: true, minMembers: true, maxDropPercent: true },
  ...{ allowWrongSe01: true, allowDuplicates: true, emptyIsUnsound: true },
})
  .extend({
    fileType: z.string(),
    /** Members of the payer's last full file that ran. */
    lastFullMembers: z.int().nonnegative().optional(),
  })
  .strip()
export type ValidationRules = z.infer<typeof ValidationRules>
