import type { BodyRun } from './body-run.ts'
import { controlNumbers } from './control-numbers.ts'
import { type EnvelopeReport, noCounts } from './envelope-report.ts'
import { type Finding, findingList } from './finding.ts'
import { expectedContent, ofGuide, type TransactionSet } from './guides.ts'
import { type HeadcountLimits, headcount } from './headcount.ts'
import type { InterchangeHeader } from './interchange-header.ts'
import { differs, sameCount, sameNumber, shown } from './shown.ts'

export type ScanOptions = HeadcountLimits & {
  fileType: string
  /** default: 834 for `member`, 837 for `claims`, else anything goes */
  set?: TransactionSet
  /** allowed prefixes of GS08 and ST03; default: all guides of the set */
  guides?: readonly string[]
  /** a wrong SE01 is a warning, except in a full 834, whose omissions end coverage */
  allowWrongSe01?: boolean
  /** a repeated ISA13 in the file or ST02 in its group is a warning */
  allowDuplicates?: boolean
  /** an 834 without INS or an 837 without CLM is an error */
  emptyIsUnsound?: boolean
  /** other sets and guides than the expected ones are warnings, as long as the expected set is there too */
  allowOtherSets?: boolean
}

type Note = { code: string; message: string; severity?: Finding['severity'] }
type Interchange = { control: string; groups: number; strayReported: boolean }
type Group = {
  control: string
  version: string
  sets: number
  isRepeated: (control: string) => boolean
  stray: boolean
}
type SetState = { id: string; control: string; segments: number; full: boolean; badTag: boolean }

/** The envelope's rules, told one segment after the other. Codes are those of TA1, AK905, IK502 and IK304. */
export function envelopeRules(options: ScanOptions) {
  const expected = expectedContent(options)
  const findings = findingList()
  const counts = noCounts()
  const otherSet = options.allowOtherSets ? 'warning' : 'error'
  const repeated = options.allowDuplicates ? 'warning' : 'error'
  const isRepeatedInterchange = controlNumbers()
  let full = false
  let expectedSets = 0
  let segment = 1
  let byte = 0
  let interchange: Interchange | undefined
  let group: Group | undefined
  let set: SetState | undefined

  const note = ({ code, message, severity = 'error' }: Note): void => {
    findings.add({
      ...{ code, severity, message, segment, byte },
      ...(interchange && { interchange: shown(interchange.control) }),
      ...(group && { group: shown(group.control) }),
      ...(set && { transaction: shown(set.control) }),
    })
  }
  const stray = (tag: string): void => {
    if (group !== undefined) {
      if (!group.stray) note({ code: 'segment-outside-set', message: `${tag} stands outside ST and SE` })
      group.stray = true
    } else if (interchange !== undefined) {
      if (!interchange.strayReported) note({ code: 'TA1-024', message: `${tag} stands outside GS and GE` })
      interchange.strayReported = true
    }
  }
  const setMustBeClosed = (): void => {
    if (set !== undefined) note({ code: 'IK502-2', message: 'SE is missing' })
    set = undefined
  }
  const groupMustBeClosed = (): void => {
    setMustBeClosed()
    if (group !== undefined) note({ code: 'AK905-3', message: 'GE is missing' })
    group = undefined
  }
  const interchangeMustBeClosed = (): void => {
    groupMustBeClosed()
    if (interchange !== undefined) note({ code: 'TA1-023', message: 'IEA is missing' })
    interchange = undefined
  }

  const openGroup = (elements: readonly string[]): void => {
    groupMustBeClosed()
    const [, functionalId = '', , , , , control = '', , version = ''] = elements
    counts.groups += 1
    if (interchange !== undefined) interchange.groups += 1
    group = { control, version, sets: 0, isRepeated: controlNumbers(), stray: false }
    if (!/^\d+$/.test(control)) note({ code: 'AK905-6', message: 'GS06 is not a number' })
    if (expected.functionalId !== undefined && functionalId !== expected.functionalId) {
      const message = differs('GS01', functionalId, `${expected.functionalId} (${expected.set})`)
      note({ code: 'AK905-1', message, severity: otherSet })
    }
    if (!ofGuide(version, expected.guides)) {
      const message = differs('GS08', version, `one of ${expected.guides.join(', ')}`)
      note({ code: 'AK905-2', message, severity: otherSet })
    }
  }
  const openSet = (elements: readonly string[]): void => {
    setMustBeClosed()
    if (group === undefined) stray('ST')
    const [, id = '', control = '', guide = ''] = elements
    counts.transactions += 1
    if (group !== undefined) group.sets += 1
    set = { id, control, segments: 1, full: false, badTag: false }
    if (control === '') note({ code: 'IK502-7', message: 'ST02 is empty' })
    if (expected.set === undefined || id === expected.set) expectedSets += 1
    else note({ code: 'IK502-6', message: differs('ST01', id, expected.set), severity: otherSet })
    if (group?.isRepeated(control)) {
      note({ code: 'IK502-23', message: 'ST02 was used before in this group', severity: repeated })
    }
    if (guide === '' || group === undefined || guide === group.version) return
    if (!ofGuide(guide, expected.guides)) {
      const message = differs('ST03', guide, `one of ${expected.guides.join(', ')}`)
      note({ code: 'IK502-I6', message, severity: otherSet })
    } else {
      const message = differs('ST03', guide, `GS08 ${shown(group.version)}`)
      note({ code: 'st03-differs', message, severity: 'warning' })
    }
  }
  const closeSet = (elements: readonly string[]): void => {
    if (set === undefined) return stray('SE')
    set.segments += 1
    const [, count = '', control = ''] = elements
    if (control !== set.control)
      note({ code: 'IK502-3', message: differs('SE02', control, `ST02 ${shown(set.control)}`) })
    if (!sameCount(count, set.segments)) {
      const severity = options.allowWrongSe01 && !set.full ? 'warning' : 'error'
      note({ code: 'IK502-4', message: differs('SE01', count, `${set.segments} segments from ST to SE`), severity })
    }
    set = undefined
  }
  const closeGroup = (elements: readonly string[]): void => {
    setMustBeClosed()
    if (group === undefined) return stray('GE')
    const [, count = '', control = ''] = elements
    if (!sameNumber(control, group.control)) {
      note({ code: 'AK905-4', message: differs('GE02', control, `GS06 ${shown(group.control)}`) })
    }
    if (!sameCount(count, group.sets)) {
      note({ code: 'AK905-5', message: differs('GE01', count, `${group.sets} transaction sets`) })
    }
    group = undefined
  }
  const closeInterchange = (elements: readonly string[]): void => {
    groupMustBeClosed()
    if (interchange === undefined) return
    const [, count = '', control = ''] = elements
    if (control !== interchange.control) {
      note({ code: 'TA1-001', message: differs('IEA02', control, `ISA13 ${interchange.control}`) })
    }
    if (!sameCount(count, interchange.groups)) {
      note({ code: 'TA1-021', message: differs('IEA01', count, `${interchange.groups} groups`) })
    }
    interchange = undefined
  }
  const readBeginning = (elements: readonly string[]): void => {
    if (set?.id !== '834' || (elements[8] !== '4' && elements[8] !== 'RX')) return
    set.full = true
    full = true
  }
  const close = { GS: openGroup, ST: openSet, SE: closeSet, GE: closeGroup, IEA: closeInterchange, BGN: readBeginning }

  return {
    counts,
    note,
    /** Where the next segment's findings point to. */
    standAt(offset: number): void {
      segment = counts.segments + 1
      byte = offset
    },
    isInside: (): boolean => interchange !== undefined,
    isInSet: (): boolean => set !== undefined,
    openInterchange(header: InterchangeHeader): void {
      interchangeMustBeClosed()
      counts.segments += 1
      counts.interchanges += 1
      interchange = { control: header.control, groups: 0, strayReported: false }
      if (isRepeatedInterchange(header.control)) {
        note({ code: 'TA1-025', message: 'ISA13 was used before in this file', severity: repeated })
      }
      if (header.repetition === header.component) {
        note({ code: 'isa11-is-isa16', message: 'ISA11 and ISA16 are the same separator', severity: 'warning' })
      }
    },
    /** An ISA that cannot be read ends whatever is open: without its separators nothing behind it can be. */
    brokenHeader(message: string): void {
      interchangeMustBeClosed()
      note({ code: 'TA1-022', message })
    },
    envelope(tag: keyof typeof close, elements: readonly string[]): void {
      counts.segments += 1
      if (tag === 'BGN' && set !== undefined) set.segments += 1
      else if (tag === 'BGN') stray(tag)
      close[tag](elements)
    },
    /** Body segments within a set that need nothing but counting: nearly all of a file. */
    bodies({ segments, members, claims }: BodyRun): void {
      counts.segments += segments
      if (set === undefined) return
      set.segments += segments
      if (set.id === '834') counts.members += members
      if (set.id === '837') counts.claims += claims
    },
    body(tag: 'INS' | 'CLM' | 'other'): void {
      counts.segments += 1
      if (set === undefined) return stray('a body segment')
      set.segments += 1
      if (tag === 'INS' && set.id === '834') counts.members += 1
      if (tag === 'CLM' && set.id === '837') counts.claims += 1
    },
    /** TA1 answers an earlier interchange and stands between ISA and the first GS. */
    acknowledgement(): void {
      if (group !== undefined || set !== undefined) return this.body('other')
      counts.segments += 1
    },
    badTag(): void {
      if (set !== undefined && !set.badTag) {
        note({
          code: 'IK304-1',
          message: 'a segment does not begin with a segment tag: a terminator too many or too few?',
        })
        set.badTag = true
      }
      this.body('other')
    },
    end(stopped: boolean): EnvelopeReport {
      if (!stopped) {
        interchangeMustBeClosed()
        wholeFile()
      }
      return { fileType: options.fileType, counts, full, ...findings.end() }
    },
  }

  function wholeFile(): void {
    if (counts.interchanges === 0) return note({ code: 'empty-file', message: 'the file has no content' })
    if (counts.transactions === 0) return note({ code: 'no-transaction-set', message: 'the file has no ST segment' })
    if (expectedSets === 0 && options.allowOtherSets) {
      note({ code: 'no-expected-set', message: `the file has sets, but no ${expected.set}` })
    }
    const severity = options.emptyIsUnsound ? 'error' : 'warning'
    if (expected.set === '834' && counts.members === 0) {
      note({ code: 'no-members', message: 'the 834 has no INS segment', severity })
    }
    if (expected.set === '837' && counts.claims === 0) {
      note({ code: 'no-claims', message: 'the 837 has no CLM segment', severity })
    }
    if (full) for (const finding of headcount(counts.members, options)) note(finding)
  }
}
export type EnvelopeRules = ReturnType<typeof envelopeRules>
