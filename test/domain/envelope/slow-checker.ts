/**
 * The envelope rules once more, the slow and obvious way: the whole file as one text, split, sliced and counted. The
 * oracle for the scanner; shares no code with it. Knows 834 with default options, and only errors.
 */
export function slowErrors(file: Uint8Array): Set<string> {
  const errors = new Set<string>()
  let text = Buffer.from(file).toString('latin1')
  if (text.startsWith('\xef\xbb\xbf')) text = text.slice(3)
  const seenInterchanges: string[] = []
  let transactions = 0
  text = text.replace(/^[ \t\r\n]+/, '')
  if (text === '') return new Set(['empty-file'])
  if (!/^ISA[^0-9A-Za-z]/.test(text)) return new Set(['TA1-022'])
  while (text !== '') {
    if (!/^ISA[^0-9A-Za-z]/.test(text)) return errors.add('bytes-after-iea')
    const e = text.charAt(3)
    const head = text.slice(0, 106)
    const fields = head.slice(0, 105).split(e)
    const widths = fields.map((field) => field.length).join()
    const terminator = head.charAt(105)
    const unfit = (c: string): boolean => c === '' || c === '\0' || /[0-9A-Za-z ]/.test(c)
    const [component = '', version = '', control = '', repetition = ''] = [
      fields[16],
      fields[12],
      fields[13],
      fields[11],
    ]
    if (
      widths !== '3,2,10,2,10,2,15,2,15,6,4,1,5,9,1,1,1' ||
      [e, component, terminator].some(unfit) ||
      component === terminator ||
      !/^\d{5}$/.test(version) ||
      !/^\d{9}$/.test(control) ||
      (version >= '00402' && repetition === terminator) ||
      terminator === e
    ) {
      return errors.add('TA1-022')
    }
    if (seenInterchanges.includes(control)) errors.add('TA1-025')
    seenInterchanges.push(control)
    text = text.slice(106)

    // Up to IEA, the next ISA or the end of the file, as lists of elements.
    const segments: string[][] = []
    let ended: 'IEA' | 'ISA' | 'stop' | 'end' | undefined
    while (ended === undefined) {
      text = text.replace(/^[ \t\r\n]+/, '')
      const end = text.indexOf(terminator)
      if (/^ISA[^0-9A-Za-z]/.test(text)) ended = 'ISA'
      else if (end < 0) {
        const tail = text.slice(0, text.length - paddingAt([...text].reverse())).split(e)
        text = ''
        ended = 'end'
        if (tail[0] === 'IEA' && tail[2] === control) {
          segments.push(tail)
          ended = 'IEA'
        }
      } else {
        const segment = text.slice(0, end).split(e)
        text = text.slice(end + 1)
        if (/^(BIN|BDS)$/.test(segment[0] ?? '')) ended = 'stop'
        else segments.push(segment)
        if (segment[0] === 'IEA') ended = 'IEA'
      }
    }

    const number = (value = ''): number => (/^\d+$/.test(value) ? Number(value) : Number.NaN)
    let groups = 0
    let group: { control: string | undefined; version: string | undefined; sets: string[] } | undefined
    let set: { control: string | undefined; count: number } | undefined
    const dropSet = (): void => {
      if (set) errors.add('IK502-2')
      set = undefined
    }
    const dropGroup = (): void => {
      dropSet()
      if (group) errors.add('AK905-3')
      group = undefined
    }
    const outside = (): void => {
      errors.add(group ? 'segment-outside-set' : 'TA1-024')
    }
    const allowed = (guide = ''): boolean => /^(005010X220|005010X307|004010X095)(?!\d)/.test(guide)
    for (const segment of segments) {
      const [id = '', one, two] = segment
      if (set) set.count += 1
      if (id === 'GS') {
        dropGroup()
        groups += 1
        group = { control: segment[6], version: segment[8] ?? '', sets: [] }
        if (!/^\d+$/.test(segment[6] ?? '')) errors.add('AK905-6')
        if (one !== 'BE') errors.add('AK905-1')
        if (!allowed(segment[8])) errors.add('AK905-2')
      } else if (id === 'ST') {
        dropSet()
        if (!group) outside()
        transactions += 1
        if (group?.sets.includes(two ?? '')) errors.add('IK502-23')
        group?.sets.push(two ?? '')
        set = { control: two ?? '', count: 1 }
        if (one !== '834') errors.add('IK502-6')
        if (!two) errors.add('IK502-7')
        if (group && segment[3] && segment[3] !== group.version && !allowed(segment[3])) errors.add('IK502-I6')
      } else if (id === 'SE') {
        if (!set) outside()
        else {
          if (number(one) !== set.count) errors.add('IK502-4')
          if ((two ?? '') !== set.control) errors.add('IK502-3')
        }
        set = undefined
      } else if (id === 'GE') {
        dropSet()
        if (!group) outside()
        else {
          if (number(one) !== group.sets.length) errors.add('AK905-5')
          if (number(two) !== number(group.control)) errors.add('AK905-4')
        }
        group = undefined
      } else if (id === 'IEA') {
        dropGroup()
        if (number(one) !== groups) errors.add('TA1-021')
        if (two !== control) errors.add('TA1-001')
      } else if (!set) {
        if (id !== 'TA1' || group) outside()
      } else if (!/^[A-Z][A-Z0-9]{1,2}$/.test(id)) errors.add('IK304-1')
    }
    if (ended === 'stop') return errors.add('binary-segment')
    if (ended !== 'IEA') {
      dropGroup()
      errors.add('TA1-023')
      continue
    }
    const gap = text.slice(0, paddingAt([...text]))
    text = text.slice(gap.length)
    if ((gap.includes('\0') || gap.includes('\x1a')) && text !== '') errors.add('bytes-after-iea')
  }
  if (transactions === 0) errors.add('no-transaction-set')
  return errors
}

/** How many characters at the front are padding. */
const paddingAt = (characters: readonly string[]): number => {
  const first = characters.findIndex((character) => !' \t\r\n\0\x1a'.includes(character))
  return first < 0 ? characters.length : first
}
