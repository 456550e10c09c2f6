import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { dependencyFaults, LockFile, Manifest } from '#local/dependency-faults'
import { projectFolder } from '#local/project-folder'

/** `npm run check:dependencies`: pins, licences and checksums of the lock file, then advisories where the registry has them. */
const Advisories = z.object({
  metadata: z.object({ vulnerabilities: z.object({ high: z.number(), critical: z.number() }) }),
})

const json = (name: string): unknown => JSON.parse(readFileSync(join(projectFolder, name), 'utf8'))

const audit = (): z.infer<typeof Advisories> | undefined => {
  const args = ['audit', '--json', '--omit=dev', '--audit-level=high']
  const { stdout } = spawnSync('npm', args, { cwd: projectFolder, encoding: 'utf8', timeout: 60_000 })
  try {
    return Advisories.safeParse(JSON.parse(stdout)).data
  } catch {
    return undefined
  }
}

const faults = dependencyFaults(Manifest.parse(json('package.json')), LockFile.parse(json('package-lock.json')))
for (const fault of faults) process.stderr.write(`${fault}\n`)
const found = audit()
const { high, critical } = found?.metadata.vulnerabilities ?? { high: 0, critical: 0 }
if (high + critical > 0)
  process.stderr.write(`npm audit knows ${critical} critical and ${high} high advisories of what reaches functions\n`)
if (found === undefined)
  process.stderr.write(
    'This registry answers no audit request: advisories were not looked up, licences and pins were.\n',
  )
process.exitCode = faults.length + high + critical > 0 ? 1 : 0
