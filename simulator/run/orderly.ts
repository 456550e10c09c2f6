import { endsOf } from '../checks/i12-duplicates.ts'
import { calm, talkative } from '../world/odds.ts'
import type { Plan } from '../world/plan.ts'
import { live } from './live.ts'

/** Every file lands once, one after the other, and everything is registered before a gate may open. */
const orderly = (plan: Plan): Plan => ({
  ...plan,
  rows: plan.rows.map((row) => (row.fileType === '*' && row.payerId === '*' ? { ...row, graceSeconds: 240 } : row)),
  acts: plan.acts.filter((act) => act.do === 'drop').map((act, n) => ({ ...act, at: n * 4000 })),
})

/** I12, over whole worlds: one in which everything is said again and late ends as one in which it is not. */
export const withAndWithoutRepeats = async (plan: Plan): Promise<string[]> => {
  const quiet = await live({ ...orderly(plan), odds: calm })
  const loud = await live({ ...orderly(plan), odds: talkative })
  const [without, with_] = [endsOf(quiet.world), endsOf(loud.world)]
  return Object.keys(without)
    .filter((file) => without[file] !== with_[file])
    .map((file) => `${file} is ${without[file]}, and ${with_[file]} when messages come twice and late`)
}
