import { refusalOf } from '#domain/launch-errors'
import { instanceTypes } from '#domain/policy/instance-types'
import type { Candidate } from '#domain/schedule/items/candidate'
import type { Refused } from '#domain/schedule/items/refused'

/** How long a refusal is believed, milliseconds: about what Karpenter and others keep (lessons 13). */
const BELIEVED_MS = 180_000

/** A refusal to be remembered; `expiresAt` is for DynamoDB's TTL, which may come two days late. */
export const refusedAt = ({ instanceType, market, subnet }: Candidate, code: string, now: number): Refused => ({
  ...{ instanceType, market, subnet, code },
  until: now + BELIEVED_MS,
  expiresAt: Math.ceil((now + BELIEVED_MS) / 1000),
})

/** EC2's on-demand and spot quotas count vCPUs by groups of families: A, C, D, H, I, M, R, T and Z together, others apart. */
const quotaOf = (instanceType: string): string => {
  const [family = ''] = /^[a-z]+/.exec(instanceType) ?? []
  return /^[acdhimrtz]/.test(family) && !/^(dl|hpc|inf|mac|trn)/.test(family) ? 'standard' : family
}

const vcpusOf = (instanceType: string): number => instanceTypes[instanceType]?.vcpus ?? 0

/** Does a refusal speak for another candidate too? A quota that has no room for 4 vCPUs may have some for 2. */
const speaksFor = (refused: Refused, { instanceType, market, subnet }: Candidate): boolean => {
  switch (refusalOf(refused.code)) {
    case 'skip-subnet':
      return refused.subnet === subnet
    case 'skip-market':
      return (
        refused.market === market &&
        quotaOf(refused.instanceType) === quotaOf(instanceType) &&
        vcpusOf(refused.instanceType) <= vcpusOf(instanceType)
      )
    default:
      return refused.instanceType === instanceType && refused.market === market && refused.subnet === subnet
  }
}

/** The first candidate from `from` on that no refusal speaks against; undefined: none. */
export const firstFree = (
  candidates: readonly Candidate[],
  refused: readonly Refused[],
  from: number,
  now: number,
): number | undefined => {
  const believed = refused.filter(({ until }) => until > now)
  const at = candidates.findIndex((each, i) => i >= from && !believed.some((refusal) => speaksFor(refusal, each)))
  return at === -1 ? undefined : at
}
