export type Delimiters = { element: string; component: string; repetition: string; terminator: string; after: string }
export type Defect = 'wrong-segment-count' | 'no-iea'

/** One interchange with one group; every set is a stream of body segments written with `*` and `:`. */
export type Interchange = {
  delimiters: Delimiters
  sender: string
  control: number
  guide: string
  /** GS01 and ST01 */
  kind: { functionalId: 'BE' | 'HC'; set: '834' | '837' }
  sets: Iterable<string>[]
  defects?: readonly Defect[]
}

const DATE = '20260105'
const TIME = '0930'

/** The segments of an interchange as text with its delimiters and terminators, one at a time. */
export function* interchangeText(interchange: Interchange): Generator<string> {
  const { delimiters, guide, kind, defects = [] } = interchange
  const { element, component, terminator, after } = delimiters
  const written = (segment: string): string =>
    segment.replaceAll('*', element).replaceAll(':', component) + terminator + after
  const control = String(interchange.control).padStart(9, '0')

  yield header(interchange, control)
  yield written(
    `GS*${kind.functionalId}*${interchange.sender}*MAYFLY*${DATE}*${TIME}*${interchange.control}*X*${guide}`,
  )
  let number = 0
  for (const set of interchange.sets) {
    number += 1
    const setControl = String(number).padStart(4, '0')
    yield written(`ST*${kind.set}*${setControl}*${guide}`)
    let segments = 2
    for (const segment of set) {
      segments += 1
      yield written(segment)
    }
    // What really happens: the count was taken before the mapper dropped or added segments.
    const told = defects.includes('wrong-segment-count') ? segments + 2 : segments
    yield written(`SE*${told}*${setControl}`)
  }
  yield written(`GE*${number}*${interchange.control}`)
  if (!defects.includes('no-iea')) yield written(`IEA*1*${control}`)
}

/** ISA has fixed widths and is written by hand: its separators are what it defines. */
function header({ delimiters, sender }: Interchange, control: string): string {
  const { element, component, repetition, terminator, after } = delimiters
  const fields = ['ISA', '00', ' '.repeat(10), '00', ' '.repeat(10), 'ZZ', sender.padEnd(15), 'ZZ', 'MAYFLY'.padEnd(15)]
  const rest = [DATE.slice(2), TIME, repetition, '00501', control, '0', 'T', component]
  return [...fields, ...rest].join(element) + terminator + after
}
