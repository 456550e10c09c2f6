import type { Policy } from '#domain/policy/policy'
import type { ValidationRules } from '#domain/policy/validation-rules'

/** The rules for a file of this type, out of the policy that is in force for it: of a policy that was parsed, nothing is parsed again. */
export const rulesFor = (
  { format, set, guides, allowOtherSets, csv, minMembers, maxDropPercent, ...flags }: Policy,
  fileType: string,
  lastFullMembers?: number,
): ValidationRules => {
  const { allowWrongSe01, allowDuplicates, emptyIsUnsound } = flags
  return {
    ...{ fileType, format, set, guides, allowOtherSets, csv, minMembers, maxDropPercent },
    ...{ allowWrongSe01, allowDuplicates, emptyIsUnsound },
    ...(lastFullMembers === undefined ? {} : { lastFullMembers }),
  }
}
