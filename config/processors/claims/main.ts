import { jsonLines, runProcessor, writeSummary } from '../frame.ts'
import { readSegments, sizeOf } from '../x12/segments.ts'
import { claimReader } from './claims.ts'
import { knownMembers } from './known-members.ts'

await runProcessor(async ({ input, extra, out, reportPercent }) => {
  const size = await sizeOf(input)
  const lines = jsonLines(out, 'claims.ndjson')
  const reader = claimReader(await knownMembers(extra), lines.write)
  for await (const { segments, bytesRead } of readSegments(input)) {
    for (const segment of segments) reader.read(segment)
    await lines.flush()
    reportPercent(bytesRead, size)
  }
  const summary = reader.end()
  await lines.close()
  await writeSummary(out, summary)
  console.log(`${summary.claims} claims, ${summary.unknownMembers ?? 'uncounted'} of unknown members`)
})
