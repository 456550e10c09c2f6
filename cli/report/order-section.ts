import type { JobRow, ShownAct } from '#cli/jobs/job-row'
import type { LaneActs } from '#cli/jobs/lane-acts-of'
import { type OrderProof, orderProof } from '#cli/jobs/order-proof'
import { escaped } from '#cli/report/escaped'
import { shownTime } from '#cli/report/shown-time'

/**
 * A claims file is judged by the member files that its gate could have counted: registered before it was admitted, and of
 * its cycle where both name one.
 */
const proofsOf = (jobs: readonly JobRow[]): OrderProof[] =>
  jobs
    .filter(({ fileType }) => fileType === 'claims')
    .flatMap((claims) => {
      const counts = ({ fileType, payerId, cycle, registeredAt }: JobRow): boolean =>
        fileType === 'member' &&
        payerId === claims.payerId &&
        (cycle === undefined || claims.cycle === undefined || cycle === claims.cycle) &&
        (claims.startedAt === undefined || Date.parse(registeredAt) <= Date.parse(claims.startedAt))
      return orderProof([claims, ...jobs.filter(counts)])
    })

type Judged = OrderProof & { readonly waiver: ShownAct | undefined }

const verdictOf = ({ held, status, waiver }: Judged): readonly [tone: string, verdict: string] => {
  if (held === undefined) return ['quiet', `not admitted (${status})`]
  if (held) return ['good', 'after them']
  return waiver ? ['wait', `not after them: waived by ${waiver.who}: ${waiver.why}`] : ['bad', 'not after them']
}

const rowOf = (proof: Judged): string => {
  const [tone, verdict] = verdictOf(proof)
  const before = proof.members.map(({ key, status, endedAt }) => `${escaped(key)}: ${status} ${shownTime(endedAt)}`)
  return `<tr><td class="key">${escaped(proof.key)}</td><td class="key ${tone}">${escaped(verdict)}</td><td>${shownTime(proof.startedAt)}</td><td class="key">${before.join('<br>') || 'none'}</td></tr>`
}

/** For each claims file, the member files of its payer and when they ended. */
export const orderSection = (jobs: readonly JobRow[], laneActs: LaneActs): string => {
  const waiverOf = (id: string) => laneActs.get(id)?.findLast(({ action }) => action === 'waive')
  const proofs = proofsOf(jobs).map((proof) => ({ ...proof, waiver: waiverOf(proof.jobId) }))
  if (proofs.length === 0) return ''
  const held = proofs.filter((proof) => proof.held).length
  const unheld = proofs.filter((proof) => proof.held === false)
  const waived = unheld.filter(({ waiver }) => waiver).length
  const not = unheld.length - waived
  const others = [
    waived === 0 ? '' : `, <span class="wait">${waived} went by a waiver</span>`,
    not === 0
      ? ''
      : `, <span class="bad">${not} were not</span> (a row without a gate, a member file that was retried since)`,
  ].join('')
  return `<h2>Order: members before claims</h2>
<p>${held} claims files were admitted after every member file of their payer that had landed by then${others}; ${proofs.length - held - unheld.length} were not admitted.</p>
<details${proofs.length > 20 ? '' : ' open'}><summary>Each of them</summary><div class="scroll"><table><thead><tr><th>Claims file</th><th>Admitted</th><th>At</th><th>Member files of its payer, and when they ended</th></tr></thead><tbody>${proofs.map(rowOf).join('')}</tbody></table></div></details>`
}
