import { join } from 'node:path'
import { projectFolder } from '#local/project-folder'
import { pythonTools } from '#local/python-tools'
import { runCommand } from '#local/run-command'

/** `npm run check:shell`: the startup script against the pinned shellcheck; its exit code is the answer. */
const script = join(projectFolder, 'functions', 'launch', 'startup.sh')
const { shellcheck } = await pythonTools({ say: (line) => process.stderr.write(`${line}\n`) })
try {
  await runCommand({ command: shellcheck, args: ['--severity=style', '--shell=bash', script] })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
