export type HeadcountLimits = {
  /** least members of a full file; change files may be as small as they like */
  minMembers?: number
  /** percent that a full file may be smaller than the last one; 100: any size */
  maxDropPercent?: number
  /** members of the payer's last full file that ran; unknown before the first */
  lastFullMembers?: number
}

/** A full file ends the coverage of whomever it leaves out: what is suspicious about its number of members. */
export function headcount(members: number, limits: HeadcountLimits): { code: string; message: string }[] {
  const { minMembers = 0, maxDropPercent = 100, lastFullMembers } = limits
  const found: { code: string; message: string }[] = []
  if (members < minMembers) {
    const message = `the full file has ${members} members, its row expects at least ${minMembers} (minMembers)`
    found.push({ code: 'too-few-members', message })
  }
  if (lastFullMembers !== undefined && members * 100 < lastFullMembers * (100 - maxDropPercent)) {
    const dropped = Math.round(((lastFullMembers - members) / lastFullMembers) * 1000) / 10
    const message =
      `the full file has ${members} members, ${dropped} % fewer than the ${lastFullMembers} of the payer's last one; ` +
      `its row allows ${maxDropPercent} % (maxDropPercent)`
    found.push({ code: 'members-dropped', message })
  }
  return found
}
