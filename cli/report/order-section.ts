import type { JobRow } from '#cli/jobs/job-row'
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

const verdictOf = ({ held, status }: OrderProof): readonly [tone: string, verdict: string] =>
  held === undefined ? ['quiet', `not admitted (${status})`] : held ? ['good', 'after them'] : ['bad', 'not after them']

const rowOf = (proof: OrderProof): string => {
  const [tone, verdict] = verdictOf(proof)
  const before = proof.members.map(({ key, status, endedAt }) => `${escaped(key)}: ${status} ${shownTime(endedAt)}`)
  return `<tr><td class="key">${escaped(proof.key)}</td><td class="${tone}">${escaped(verdict)}</td><td>${shownTime(proof.startedAt)}</td><td class="key">${before.join('<br>') || 'none'}</td></tr>`
}

/** For each claims file, the member files of its payer and when they ended. */
export const orderSection = (jobs: readonly JobRow[]): string => {
  const proofs = proofsOf(jobs)
  if (proofs.length === 0) return ''
  const held = proofs.filter((proof) => proof.held).length
  const not = proofs.filter((proof) => proof.held === false).length
  const others =
    not === 0
      ? ''
      : `, <span class="bad">${not} were not</span> (a waived lane, a row without a gate, a member file that was retried since)`
  return `<h2>Order: members before claims</h2>
<p>${held} claims files were admitted after every member file of their payer that had landed by then${others}; ${proofs.length - held - not} were not admitted.</p>
<details${proofs.length > 20 ? '' : ' open'}><summary>Each of them</summary><div class="scroll"><table><thead><tr><th>Claims file</th><th>Admitted</th><th>At</th><th>Member files of its payer, and when they ended</th></tr></thead><tbody>${proofs.map(rowOf).join('')}</tbody></table></div></details>`
}
