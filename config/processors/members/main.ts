import { jsonLines, runProcessor, writeSummary } from '../frame.ts'
import { readSegments, sizeOf } from '../x12/segments.ts'
import { memberReader } from './members.ts'

await runProcessor(async ({ input, out, reportPercent }) => {
  const size = await sizeOf(input)
  const lines = jsonLines(out, 'members.ndjson')
  const reader = memberReader(lines.write)
  for await (const { segments, bytesRead } of readSegments(input)) {
    for (const segment of segments) reader.read(segment)
    await lines.flush()
    reportPercent(bytesRead, size)
  }
  const summary = reader.end()
  await lines.close()
  await writeSummary(out, summary)
  console.log(`${summary.members} members, ${summary.coverages} coverages`)
})
