import { textTable } from '#cli/screen/text-table'
import type { validateBench } from './validate.ts'

/** The figures as a table, and what falls short. */
export const validateLines = (bench: Awaited<ReturnType<typeof validateBench>>, width: number): string[] => {
  const columns = [
    ...[{ title: 'FILE' }, { title: 'WAY' }],
    ...[{ title: 'MB/S' }, { title: 'OF INDEXOF' }, { title: 'MIB' }],
    { title: 'WHY NOT', cut: 'end' as const },
  ]
  const rows = bench.rows.map(({ file, way, mbs, peakMiB, because = '' }) => {
    const ceiling = bench.rows.find((row) => row.file === file && row.way === 'indexOf')?.mbs
    const share = mbs !== undefined && ceiling ? `${Math.round((100 * mbs) / ceiling)} %` : ''
    return [file, way, String(mbs ?? '-'), share, String(peakMiB ?? '-'), because]
  })
  const { cores, cpu, load, node } = bench.machine
  const { ofIndexOf, streamMBs, residentMiB, timesLibraries } = bench.aims
  return [
    ...textTable(columns, rows, { width, colour: false }),
    '',
    'MB: 10^6 bytes as stored on disk unpacked; gzip counts the unpacked bytes. MiB: peak resident memory of the process,',
    'indexOf and memory with the whole file in it. Best of 5 rounds (libraries: one).',
    `${cores} cores, ${cpu}, load ${load}, Node ${node}`,
    ...(bench.shortfalls.length > 0
      ? bench.shortfalls.map((text) => `short of the aim: ${text}`)
      : [
          `every aim is met: ${100 * ofIndexOf} % of indexOf in memory, ${streamMBs} MB/s over a stream, ${timesLibraries} times the fastest library, ${residentMiB} MiB resident`,
        ]),
  ]
}
