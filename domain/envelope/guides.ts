import * as z from 'zod'

export const TransactionSet = z.enum(['820', '834', '835', '837'])
export type TransactionSet = z.infer<typeof TransactionSet>

/** Table of what may stand in GS01 and GS08 of a set. Guides are prefixes: A1, A2 and so on are errata of the same guide. */
const sets = {
  // X218 premium payment, X306 the exchange's
  '820': { functionalId: 'RA', guides: ['005010X218', '005010X306', '004010X061'] },
  // X220 benefit enrolment, X307 exchange enrolment, X095 the 4010 one
  '834': { functionalId: 'BE', guides: ['005010X220', '005010X307', '004010X095'] },
  // remittance advice
  '835': { functionalId: 'HP', guides: ['005010X221', '004010X091'] },
  // professional, institutional, dental
  '837': {
    functionalId: 'HC',
    guides: ['005010X222', '005010X223', '005010X224', '004010X098', '004010X096', '004010X097'],
  },
} satisfies Record<TransactionSet, { functionalId: string; guides: string[] }>

/** The set of a file type when its row does not say. */
const usualSet: Readonly<Record<string, TransactionSet>> = { member: '834', claims: '837' }

export function expectedContent(options: { fileType: string; set?: TransactionSet; guides?: readonly string[] }) {
  const set = options.set ?? usualSet[options.fileType]
  const guides = options.guides?.length ? options.guides : undefined
  if (set === undefined) return { guides: guides ?? [] }
  return { set, functionalId: sets[set].functionalId, guides: guides ?? sets[set].guides }
}

/** `005010X220A1` belongs to `005010X220`, `005010X2201` does not. No list means anything goes. */
export function ofGuide(version: string, guides: readonly string[]): boolean {
  return (
    guides.length === 0 || guides.some((guide) => version.startsWith(guide) && !/^\d/.test(version.slice(guide.length)))
  )
}
