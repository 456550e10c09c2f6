import type { Random } from './random.ts'

export type SampleMember = { id: string; subscriberId: string; relationship: '18' | '01' | '19'; maintenance: string }

const CITIES: readonly [string, ...string[]] = ['SAMPLETON*OH*43001', 'TESTVILLE*KY*40003', 'MOCKFORD*IN*46001']
const PLANS: readonly [string, ...string[]] = ['HLT*BRONZE*EMP', 'HLT*SILVER*FAM', 'HLT*GOLD*ESP', 'DEN*DENTAL*EMP']

/** A family every few members: dependents follow their subscriber and carry its number in REF*0F. */
export function* sampleMembers(prefix: string, count: number, random: Random, first = 1): Generator<SampleMember> {
  let subscriberId = ''
  let dependents = 0
  for (let number = first; number < first + count; number += 1) {
    const id = `${prefix}${String(number).padStart(8, '0')}`
    const isDependent = dependents > 0 && subscriberId !== ''
    if (isDependent) dependents -= 1
    else {
      subscriberId = id
      dependents = random.below(3)
    }
    const relationship = isDependent ? random.oneOf(['01', '19'] as const) : '18'
    yield { id, subscriberId, relationship, maintenance: '030' }
  }
}

/** 005010X220A1. BGN08: 4 is a full file, 2 a change file. Everybody is made up. */
export function* enrolment(members: Iterable<SampleMember>, action: '2' | '4', random: Random): Generator<string> {
  yield `BGN*00*SAMPLE${action}*20260105*0930****${action}`
  yield 'REF*38*POLICY0001'
  yield 'N1*P5*SAMPLE SPONSOR*FI*000000001'
  yield 'N1*IN*SAMPLE INSURER*FI*000000002'
  for (const member of members) yield* memberLoop(member, random)
}

function* memberLoop({ id, subscriberId, relationship, maintenance }: SampleMember, random: Random): Generator<string> {
  const isSubscriber = relationship === '18'
  const begin = `2026${String(1 + random.below(9)).padStart(2, '0')}01`
  yield `INS*${isSubscriber ? 'Y' : 'N'}*${relationship}*${maintenance}*XN*A***${isSubscriber ? 'FT' : ''}`.replace(
    /\*+$/,
    '',
  )
  yield `REF*0F*${subscriberId}`
  yield 'REF*1L*GROUP0001'
  yield `DTP*356*D8*${begin}`
  yield `NM1*IL*1*SYNTHETIC*TEST${random.below(100_000)}****ZZ*${id}`
  yield `PER*IP**HP*555${String(random.below(10_000_000)).padStart(7, '0')}`
  yield `N3*${1 + random.below(999)} EXAMPLE STREET`
  yield `N4*${random.oneOf(CITIES)}`
  yield `DMG*D8*${1940 + random.below(80)}${String(1 + random.below(12)).padStart(2, '0')}15*${random.oneOf(['F', 'M'])}`
  yield `HD*${maintenance}**${random.oneOf(PLANS)}`
  yield `DTP*348*D8*${begin}`
  if (maintenance === '024') yield 'DTP*349*D8*20261231'
}
