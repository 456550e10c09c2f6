import { datesOf } from '../x12/dates.ts'
import { element, type Segment } from '../x12/segments.ts'

export type Kind = 'P' | 'I' | 'D'
export type Claim = {
  /** CLM01, the provider's number */
  claimId: string
  /** NM109 of the patient, or else of the subscriber whose dependent the patient is */
  memberId: string
  /** null when there was no member output to look in */
  memberKnown: boolean | null
  patient: 'subscriber' | 'dependent'
  /** SBR02 or PAT01 */
  relationship: string
  /** professional, institutional, dental; null when neither ST03 nor GS08 says */
  kind: Kind | null
  totalCharge: number
  /** CLM05-3: 1 original, 7 replacement, 8 void */
  frequency: string
  serviceBegin?: string
  serviceEnd?: string
  serviceLines: number
  payer: { id: string; claimControl?: string }
  control: { interchange: string; group: string; transaction: string }
}

const KINDS: readonly [RegExp, Kind][] = [
  [/^00\d010X(222|098)(?!\d)/, 'P'],
  [/^00\d010X(223|096)(?!\d)/, 'I'],
  [/^00\d010X(224|097)(?!\d)/, 'D'],
]
const kindOf = (...guides: string[]): Kind | null => {
  for (const guide of guides) for (const [pattern, kind] of KINDS) if (pattern.test(guide)) return kind
  return null
}

/** The claim's own dates: 434 statement (institutional), 472 service (dental, and every service line). */
const SERVICE_DATES = ['434', '472']

/**
 * Follows the loops of an 837 (005010X222A1, X223A2, X224A2 and their 4010 forerunners): HL 22 subscriber (2010BA,
 * 2010BB), HL 23 patient (2010CA), CLM 2300, LX 2400. Names within a claim (2310, 2320, 2330) are other people's.
 */
export function claimReader(known: ReadonlySet<string> | undefined, emit: (claim: Claim) => void) {
  const counts = { interchanges: 0, transactions: 0, claims: 0, unknownMembers: 0, cents: 0 }
  const kinds = { P: 0, I: 0, D: 0, other: 0 }
  let control = { interchange: '', group: '', transaction: '' }
  let groupGuide = ''
  let kind: Kind | null = null
  let subscriber = { id: '', relationship: '', payerId: '' }
  let patient: { id: string; relationship: string } | undefined
  let claim: (Claim & { loop: 'claim' | 'other' | 'line' }) | undefined

  const finish = (): void => {
    if (claim === undefined) return
    const { loop: _, ...rest } = claim
    emit(rest)
    counts.claims += 1
    counts.cents += Math.round(rest.totalCharge * 100)
    kinds[rest.kind ?? 'other'] += 1
    if (rest.memberKnown === false) counts.unknownMembers += 1
    claim = undefined
  }
  const begin = (segment: Segment): void => {
    finish()
    const memberId = patient?.id || subscriber.id
    const isKnown = known && (known.has(memberId) || known.has(subscriber.id))
    claim = {
      claimId: element(segment, 1),
      memberId,
      memberKnown: isKnown ?? null,
      patient: patient === undefined ? 'subscriber' : 'dependent',
      relationship: (patient ?? subscriber).relationship,
      kind,
      totalCharge: Number(element(segment, 2)) || 0,
      frequency: element(segment, 5).split(segment.component)[2] ?? '',
      serviceLines: 0,
      payer: { id: subscriber.payerId },
      control,
      loop: 'claim',
    }
  }
  const level = (code: string): void => {
    finish()
    if (code === '22' || code === '20') subscriber = { id: '', relationship: '', payerId: '' }
    patient = code === '23' ? { id: '', relationship: '' } : undefined
  }
  const beforeClaim = (segment: Segment): void => {
    const [first, id] = [element(segment, 1), element(segment, 9)]
    if (segment.tag === 'SBR') subscriber.relationship = element(segment, 2)
    if (segment.tag === 'PAT' && patient) patient.relationship = first
    if (segment.tag !== 'NM1') return
    if (first === 'IL') subscriber.id = id
    if (first === 'PR') subscriber.payerId = id
    if (first === 'QC' && patient) patient.id = id
  }
  const withinClaim = (segment: Segment, open: NonNullable<typeof claim>): void => {
    const [first, second] = [element(segment, 1), element(segment, 2)]
    if (segment.tag === 'LX') {
      open.loop = 'line'
      open.serviceLines += 1
    } else if (segment.tag === 'SBR') open.loop = 'other'
    else if (segment.tag === 'REF' && first === 'F8' && open.loop === 'claim') open.payer.claimControl = second
    else if (segment.tag === 'DTP' && SERVICE_DATES.includes(first) && open.loop !== 'other') {
      const { begin: from, end: to } = datesOf(second, element(segment, 3))
      if (from !== undefined && (open.serviceBegin === undefined || from < open.serviceBegin)) open.serviceBegin = from
      if (to !== undefined && (open.serviceEnd === undefined || to > open.serviceEnd)) open.serviceEnd = to
    }
  }

  return {
    read(segment: Segment): void {
      switch (segment.tag) {
        case 'ISA':
          finish()
          counts.interchanges += 1
          control = { interchange: element(segment, 13), group: '', transaction: '' }
          return
        case 'GS':
          finish()
          groupGuide = element(segment, 8)
          control = { ...control, group: element(segment, 6) }
          return
        case 'ST':
          level('20')
          if (element(segment, 1) !== '837')
            throw new Error('the claims processor reads 837 sets only; this is another')
          counts.transactions += 1
          kind = kindOf(element(segment, 3), groupGuide)
          control = { ...control, transaction: element(segment, 2) }
          return
        case 'HL':
          return level(element(segment, 3))
        case 'CLM':
          return begin(segment)
        case 'SE':
          return finish()
        default:
          if (claim === undefined) beforeClaim(segment)
          else withinClaim(segment, claim)
      }
    },
    end() {
      finish()
      const { cents, unknownMembers, ...rest } = counts
      const joined = known !== undefined
      return { ...rest, kinds, totalCharge: cents / 100, joined, unknownMembers: joined ? unknownMembers : null }
    },
  }
}
