import { datesOf } from '../x12/dates.ts'
import { element, type Segment } from '../x12/segments.ts'

export type Coverage = { insuranceLine: string; maintenanceType: string; plan?: string; begin?: string; end?: string }
export type Member = {
  /** NM109 of the member, or else the subscriber's number */
  memberId: string
  /** REF*0F */
  subscriberId: string
  isSubscriber: boolean
  /** INS02, such as 18 self, 01 spouse, 19 child */
  relationship: string
  /** INS03, such as 021 addition, 001 change, 024 termination, 030 audit */
  maintenanceType: string
  maintenanceReason?: string
  groupNumber?: string
  coverages: Coverage[]
  control: { interchange: string; transaction: string }
}

type Open = Member & { nameId: string; loop: 'member' | 'coverage' | 'other' }

/**
 * Follows the loops of an 834 (005010X220A1): 2000 member, 2300 coverage. Dates 348 and 349 count in 2300 only, and
 * an NM1*IL or *74 (the corrected name) in 2100A only.
 */
export function memberReader(emit: (member: Member) => void) {
  const summary = { interchanges: 0, transactions: 0, members: 0, subscribers: 0, coverages: 0, full: false }
  let control = { interchange: '', transaction: '' }
  let member: Open | undefined

  const finish = (): void => {
    if (member === undefined) return
    const { nameId, loop: _, ...rest } = member
    emit({ ...rest, memberId: nameId || rest.subscriberId })
    summary.members += 1
    summary.coverages += rest.coverages.length
    if (rest.isSubscriber) summary.subscribers += 1
    member = undefined
  }
  const begin = (segment: Segment): void => {
    finish()
    const reason = element(segment, 4)
    member = {
      memberId: '',
      subscriberId: '',
      isSubscriber: element(segment, 1) === 'Y',
      relationship: element(segment, 2),
      maintenanceType: element(segment, 3),
      ...(reason !== '' && { maintenanceReason: reason }),
      coverages: [],
      control,
      nameId: '',
      loop: 'member',
    }
  }
  const within = (segment: Segment, open: Open): void => {
    const [first, second, third] = [element(segment, 1), element(segment, 2), element(segment, 3)]
    const coverage = open.coverages.at(-1)
    if (segment.tag === 'HD') {
      open.loop = 'coverage'
      const plan = element(segment, 4)
      open.coverages.push({ insuranceLine: third, maintenanceType: first, ...(plan !== '' && { plan }) })
    } else if (segment.tag === 'LX' || segment.tag === 'COB' || segment.tag === 'LS') open.loop = 'other'
    else if (open.loop === 'member' && segment.tag === 'REF') {
      if (first === '0F') open.subscriberId = second
      if (first === '1L') open.groupNumber = second
    } else if (open.loop === 'member' && segment.tag === 'NM1') {
      if (first === 'IL' || first === '74') open.nameId = element(segment, 9)
    } else if (open.loop === 'coverage' && segment.tag === 'DTP' && coverage !== undefined) {
      const dates = datesOf(second, third)
      if (first === '348' && dates.begin !== undefined) coverage.begin = dates.begin
      if (first === '349' && dates.end !== undefined) coverage.end = dates.end
    }
  }

  return {
    read(segment: Segment): void {
      switch (segment.tag) {
        case 'ISA':
          finish()
          summary.interchanges += 1
          control = { interchange: element(segment, 13), transaction: '' }
          return
        case 'ST':
          finish()
          if (element(segment, 1) !== '834')
            throw new Error('the members processor reads 834 sets only; this is another')
          summary.transactions += 1
          control = { ...control, transaction: element(segment, 2) }
          return
        case 'BGN':
          if (['4', 'RX'].includes(element(segment, 8))) summary.full = true
          return
        case 'INS':
          return begin(segment)
        case 'SE':
          return finish()
        default:
          if (member !== undefined) within(segment, member)
      }
    },
    end() {
      finish()
      return { ...summary, dependents: summary.members - summary.subscribers }
    },
  }
}
