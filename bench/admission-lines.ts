import { textTable } from '#cli/screen/text-table'
import type { Bench, Row } from './admission.ts'

const number = (n: number): string => n.toLocaleString('en-US')

const cells = ({
  over,
  waiting,
  lanes,
  way,
  admissions,
  transactions,
  largestTransaction,
  each,
  toldWriteUnits,
}: Row): string[] => [
  ...[over, number(waiting), lanes, way, String(admissions), String(transactions), String(largestTransaction)],
  ...[each.requests, each.readUnits, each.readUnitsRaw, each.items, each.itemsRaw, each.writeUnits].map(String),
  toldWriteUnits === undefined ? '-' : String(toldWriteUnits),
  `${each.requestsAfter} / ${each.readUnitsAfter} / ${each.writeUnitsAfter}`,
]

const columns = [
  ...['over', 'waiting', 'lanes', 'admitted by', 'jobs', 'tx', 'max'],
  ...['requests', 'reads', 'raw', 'items', 'raw', 'writes', 'billed', 'after'],
]

const legend = ({ aims }: Bench): string[] => [
  'An admitted job costs: requests up to and with its transaction; reads, in DynamoDB read units, and items, in actions of',
  `the transaction (aims ${aims.readUnits} and ${aims.items}). Both count what serves only the admitted jobs, and what is shared (shard, pool, board, rows, scopes)`,
  'divided by the admissions of the batch; raw counts also what serves only the jobs that ended in the same batch. writes: write',
  'units of the transaction; billed: the same as the emulator tells it. after: requests / read / write units of carrying out the',
  "calls. tx: transactions; max: actions of the largest. Units follow DynamoDB's rules for the items' sizes.",
]

export const admissionLines = (bench: Bench, width: number): string[] => {
  const { machine, admissions, reRanked, digest } = bench
  const speed = Object.entries({ memory: digest.memory, emulator: digest.emulator }).flatMap(([over, found]) =>
    found
      ? [
          `One shard over ${over}: ${number(found.messages)} messages in ${number(found.batches)} batches in ${found.seconds} s: ${number(found.messagesASecond)} a second, ${number(found.filesAnHour)} files an hour at ${digest.messagesAFile} messages a file; ${found.ownCpuSeconds} s of it our own CPU`,
        ]
      : [],
  )
  const share = digest.emulator?.emulatorShare
  return [
    ...textTable(
      columns.map((title) => ({ title })),
      admissions.map(cells),
      { width: Math.max(width, 150), colour: false },
    ),
    ...legend(bench),
    '',
    `Re-ranking a payer with ${number(reRanked.waiting)} waiting files: ${reRanked.items} items in ${reRanked.messages} message(s), ${reRanked.shared} of them shared, ${reRanked.itemsALane.toFixed(2)} a lane (aim ${bench.aims.itemsALane}, ${reRanked.lanes} lanes)`,
    ...speed,
    ...(share === undefined
      ? []
      : [`Share of the emulator and the way to it: ${Math.round(share * 100)} % of the time`]),
    `Machine: ${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB, Node ${machine.node}, load ${machine.load}`,
    ...(bench.shortfalls.length === 0
      ? ['All aims are met.']
      : ['Not met:', ...bench.shortfalls.map((line) => `  ${line}`)]),
  ]
}
