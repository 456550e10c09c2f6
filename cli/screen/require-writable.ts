import { access, constants, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Looks whether a result can be written, before the work that it takes; nothing is made or changed.
 * @throws with what stands in the way
 */
export const requireWritable = async (option: string, file: string): Promise<void> => {
  const refuse = (why: string): never => {
    throw new Error(`${option} ${file} cannot be written: ${why}`)
  }
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory()) refuse('it is a folder; name a file in it')
  if (!found) {
    const folder = dirname(resolve(file))
    const place = await stat(folder).catch(() => undefined)
    if (!place) refuse(`there is no folder ${folder}; make it first, or name another`)
    if (!place?.isDirectory()) refuse(`${folder} is no folder`)
  }
  await access(found ? file : dirname(resolve(file)), constants.W_OK).catch((error: NodeJS.ErrnoException) =>
    refuse(`this user may not (${error.code}); name another place`),
  )
}
