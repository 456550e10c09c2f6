import { claimGuide, claims, type Kind } from './claims-837.ts'
import { type Defect, type Delimiters, interchangeText } from './envelope.ts'
import { enrolment, type SampleMember, sampleMembers } from './members-834.ts'
import { type Random, randomFrom } from './random.ts'

export type Drop = {
  /** path below the samples' folder */
  file: string
  /** key in the landing bucket */
  key: string
  payerId: string
  fileType: 'member' | 'claims'
  expect: 'succeeded' | 'rejected' | 'waiting'
  /** the reason that a waiting file shows */
  because?: string
  /** the errors that a rejected file shows */
  codes?: string[]
  /** what a processor finds in it, given the payer's last member file */
  holds: { members: number } | { claims: number; unknownMembers: number }
}
export type SampleFile = { drop: Drop; text: Iterable<string> }

const MEMBER_GUIDE = '005010X220A1'
const asterisks: Delimiters = { element: '*', component: ':', repetition: '^', terminator: '~', after: '\n' }
const pipes: Delimiters = { element: '|', component: '>', repetition: '^', terminator: '\n', after: '' }
const carets: Delimiters = { element: '^', component: '\\', repetition: '%', terminator: '!', after: '\r\n' }
const oneLine: Delimiters = { element: '*', component: ':', repetition: '^', terminator: '~', after: '' }

/**
 * Four payers of very different shape, in the order of dropping. harbor-care's claims come before its members, and
 * tidewater-plan's member file is broken in the two commonest ways: SE01 miscounted, and the transfer cut before IEA.
 */
export function* samplePayers(seed: number, size: number): Generator<SampleFile> {
  const random = randomFrom(seed, 'payers')
  const harbor = payer('harbor-care', 'HAR', carets, seed)
  const tidewater = payer('tidewater-plan', 'TID', oneLine, seed)
  const sunrise = payer('sunrise-health', 'SUN', asterisks, seed)
  const bluebird = payer('bluebird-mutual', 'BLU', pipes, seed)
  const harborSize = Math.min(size, 400)
  const tidewaterSize = Math.min(size, 60)

  yield harbor.claims('professional-20260105.837', 'P', harborSize, 12)
  yield harbor.claims('dental-20260105.837', 'D', harborSize, 5)
  yield sunrise.members('full-20260105.834', size, '4')
  yield sunrise.claims('professional-20260105.837', 'P', size, Math.max(10, Math.floor(size / 25)))
  // Change files are for everybody anew: the last one alone knows the members whom the claims name.
  for (let day = 1; day <= 5; day += 1) {
    yield bluebird.members(`changes-2026010${day}.834`, day < 5 ? 2 + random.below(4) : 9, '2')
  }
  yield bluebird.claims('institutional-20260106.837', 'I', 9, 6)
  yield tidewater.claims('professional-20260105.837', 'P', tidewaterSize, 8, 'member-file-rejected')
  yield tidewater.members('full-20260105.834', tidewaterSize, '4', ['wrong-segment-count', 'no-iea'])
  yield harbor.members('full-20260105.834.gz', harborSize, '4')
}

/** Every tenth claim names a member whom nobody enrolled. */
const isUnknown = (number: number): boolean => number % 10 === 3

function payer(payerId: string, prefix: string, delimiters: Delimiters, seed: number) {
  let control = 0
  const file = (fileType: Drop['fileType'], name: string) => {
    control += 1
    const path = `${payerId}/${fileType}/${name}`
    return { path, random: randomFrom(seed, path), interchange: { delimiters, sender: prefix, control } }
  }
  const everybody = (size: number): SampleMember[] => [...sampleMembers(prefix, size, randomFrom(seed, payerId))]

  return {
    members(name: string, size: number, action: '2' | '4', defects: readonly Defect[] = []): SampleFile {
      const { path, random, interchange } = file('member', name)
      const members = changed(sampleMembers(prefix, size, randomFrom(seed, payerId)), action, random)
      const text = interchangeText({
        ...interchange,
        guide: MEMBER_GUIDE,
        kind: { functionalId: 'BE', set: '834' },
        sets: [enrolment(members, action, random)],
        defects,
      })
      const isBroken = defects.length > 0
      return {
        text,
        drop: {
          ...{ file: path, key: path, payerId, fileType: 'member', expect: isBroken ? 'rejected' : 'succeeded' },
          ...(isBroken && { codes: ['IK502-4', 'TA1-023'] }),
          holds: { members: size },
        },
      }
    },
    claims(name: string, kind: Kind, size: number, count: number, because?: string): SampleFile {
      const { path, random, interchange } = file('claims', name)
      const text = interchangeText({
        ...interchange,
        guide: claimGuide[kind],
        kind: { functionalId: 'HC', set: '837' },
        sets: [
          claims(
            kind,
            claimants(() => everybody(size), prefix, count, random),
            payerId,
            random,
          ),
        ],
      })
      const unknownMembers = Array.from({ length: count }, (_, number) => number).filter(isUnknown).length
      return {
        text,
        drop: {
          ...{ file: path, key: path, payerId, fileType: 'claims', expect: because ? 'waiting' : 'succeeded' },
          ...(because !== undefined && { because }),
          holds: { claims: count, unknownMembers },
        },
      }
    },
  }
}

/** In a change file: additions, changes and a termination now and then. */
function* changed(members: Iterable<SampleMember>, action: '2' | '4', random: Random): Generator<SampleMember> {
  for (const member of members) {
    yield action === '4' ? member : { ...member, maintenance: random.oneOf(['021', '001', '024']) }
  }
}

function* claimants(
  members: () => SampleMember[],
  prefix: string,
  count: number,
  random: Random,
): Generator<SampleMember> {
  const enrolled = members()
  for (let number = 0; number < count; number += 1) {
    const id = `${prefix}9${String(number).padStart(7, '0')}`
    const stranger: SampleMember = { id, subscriberId: id, relationship: '18', maintenance: '' }
    yield isUnknown(number) ? stranger : (enrolled[random.below(enrolled.length)] ?? stranger)
  }
}
