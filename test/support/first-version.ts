import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { bootstrap, deploy, synthesise } from '#local/deploy'
import { emulatorAccount } from '#local/emulator'
import { type LocalAws, startLocalAws } from '#local/local-aws'
import { projectFolder } from '#local/project-folder'
import { runCommand } from '#local/run-command'

/** "Prove files' lives end to end on the local AWS": the first version that landed as a whole. */
const FIRST = '5e12f2465b'

const git = (...args: string[]) => runCommand({ command: 'git', args, cwd: projectFolder })

/** The first version's own sources, below `folder`, with the packages of today. @throws in a clone without history */
const firstVersion = async (folder: string): Promise<string> => {
  await git('cat-file', '-e', `${FIRST}^{commit}`).catch((cause: unknown) => {
    const mend = 'it has to be: `git fetch --unshallow` brings the history that a shallow clone leaves out'
    throw new Error(`The first version, commit ${FIRST}, is not in this clone; ${mend}`, { cause })
  })
  const checkout = join(folder, 'checkout')
  await mkdir(checkout, { recursive: true })
  const archive = join(folder, 'first-version.tar')
  await git('archive', '--format=tar', `--output=${archive}`, FIRST)
  await runCommand({ command: 'tar', args: ['-xf', archive, '-C', checkout] })
  await symlink(join(projectFolder, 'node_modules'), join(checkout, 'node_modules'))
  return checkout
}

/** A local AWS with the first version's own template and bundles, and no rows: about 30 s. */
export const startFirstVersion = async (stateDir: string): Promise<LocalAws> => {
  const folder = join(stateDir, 'first-version')
  const assembly = await synthesise(folder, undefined, await firstVersion(folder))
  const local = await startLocalAws({ stateDir, deploy: false })
  try {
    await bootstrap(emulatorAccount, local.region, local.env, folder)
    return { ...local, outputs: await deploy(assembly, local.env, folder) }
  } catch (error) {
    await local.stop()
    throw error
  }
}
