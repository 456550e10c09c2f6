import type { SampleMember } from './members-834.ts'
import type { Random } from './random.ts'

export type Kind = 'P' | 'I' | 'D'

export const claimGuide = { P: '005010X222A1', I: '005010X223A2', D: '005010X224A2' } satisfies Record<Kind, string>

/** One 837 set with a claim for each of `members`, who may be dependents: their claims stand below HL 23. */
export function* claims(kind: Kind, members: Iterable<SampleMember>, payer: string, random: Random): Generator<string> {
  yield `BHT*0019*00*SAMPLE${kind}*20260105*0930*CH`
  yield 'NM1*41*2*SAMPLE CLEARING HOUSE*****46*SENDER01'
  yield 'PER*IC*TEST DESK*TE*5550000000'
  yield `NM1*40*2*${payer.toUpperCase()}*****46*RECEIVER1`
  yield 'HL*1**20*1'
  yield 'NM1*85*2*EXAMPLE CLINIC*****XX*1999999984'
  yield 'N3*1 EXAMPLE STREET'
  yield 'N4*SAMPLETON*OH*430010000'
  yield 'REF*EI*000000003'
  let level = 1
  let number = 0
  for (const member of members) {
    number += 1
    level += 1
    const isDependent = member.relationship !== '18'
    yield `HL*${level}*1*22*${isDependent ? 1 : 0}`
    yield isDependent ? 'SBR*P********CI' : 'SBR*P*18*******CI'
    yield `NM1*IL*1*SYNTHETIC*TEST****MI*${member.subscriberId}`
    if (!isDependent) yield* address(random)
    yield `NM1*PR*2*${payer.toUpperCase()}*****PI*PAYER0001`
    if (isDependent) {
      level += 1
      yield `HL*${level}*${level - 1}*23*0`
      yield `PAT*${member.relationship}`
      yield 'NM1*QC*1*SYNTHETIC*DEPENDENT'
      yield* address(random)
    }
    yield* claimLoop[kind](`${kind}${String(number).padStart(6, '0')}`, random)
  }
}

function* address(random: Random): Generator<string> {
  yield `N3*${1 + random.below(999)} EXAMPLE STREET`
  yield 'N4*TESTVILLE*KY*40003'
  yield `DMG*D8*${1940 + random.below(80)}0615*${random.oneOf(['F', 'M'])}`
}

const day = (random: Random): string => `202511${String(1 + random.below(20)).padStart(2, '0')}`

const claimLoop = {
  *P(id, random) {
    const [charge, other] = [50 + random.below(400), 20 + random.below(80)]
    const date = day(random)
    yield `CLM*${id}*${charge + other}***11:B:1*Y*A*Y*Y`
    yield 'HI*ABK:Z0000'
    yield 'LX*1'
    yield `SV1*HC:99213*${charge}*UN*1***1`
    yield `DTP*472*D8*${date}`
    yield 'LX*2'
    yield `SV1*HC:85025*${other}*UN*1***1`
    yield `DTP*472*D8*${date}`
  },
  *I(id, random) {
    const charge = 900 + random.below(9000)
    const begin = day(random)
    yield `CLM*${id}*${charge}***11:A:1**A*Y*Y`
    yield `DTP*434*RD8*${begin}-${Number(begin) + random.below(8)}`
    yield `DTP*435*DT*${begin}0800`
    yield 'CL1*1*1*01'
    yield 'HI*ABK:Z0000'
    yield 'NM1*71*1*SYNTHETIC*ATTENDING****XX*1999999976'
    yield 'LX*1'
    yield `SV2*0120**${charge}*DA*1`
  },
  *D(id, random) {
    const charge = 40 + random.below(300)
    yield `CLM*${id}*${charge}***11:B:1*Y*A*Y*Y`
    yield `DTP*472*D8*${day(random)}`
    yield 'LX*1'
    yield `SV3*AD:D0120*${charge}****1`
  },
} satisfies Record<Kind, (id: string, random: Random) => Generator<string>>
