import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ValidationRules } from '#domain/policy/validation-rules'
import { summaryOf } from '#functions/validate/summary'
import { validateStream } from '#functions/validate/validate-stream'

/** sysexits.h EX_DATAERR: the file is unsound. Any other exit code than 0 means that nothing could be said of it. */
const EX_DATAERR = 65

const path = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; the startup script sets it`)
  return value
}

// What the function `validate` does, on the instance: `validation.json` goes into the result, the report beside it.
const rules = ValidationRules.parse(JSON.parse(await readFile(path('MAYFLY_RULES'), 'utf8')))
const report = await validateStream(createReadStream(path('MAYFLY_INPUT'), { highWaterMark: 256 * 1024 }), rules)
const summary = path('MAYFLY_VALIDATION')
await writeFile(join(dirname(summary), 'validation-report.json'), `${JSON.stringify(report)}\n`)
await writeFile(summary, JSON.stringify(summaryOf(report)))
console.log(`${report.valid ? 'sound' : 'unsound'}: ${report.counts.segments} segments, ${report.bytesRead} bytes`)
if (!report.valid) process.exitCode = EX_DATAERR
