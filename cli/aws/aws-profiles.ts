import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

export class ProfileNotFound extends Error {
  override readonly name = 'ProfileNotFound'
}

/** `[profile prod]` in the one file, `[prod]` in the other. */
const SECTION = /^\s*\[\s*(?:profile\s+)?["']?([^\]"']+?)["']?\s*\]/gm

/**
 * Refuses a profile that no file has, as the AWS CLI does. The SDK goes on to other credentials, such as those of the
 * machine, and in the end says that there are none. @throws ProfileNotFound with the files and the profiles in them
 */
export const requireProfile = async (profile: string, env: NodeJS.ProcessEnv = process.env): Promise<void> => {
  const folder = join(env['HOME'] || homedir(), '.aws')
  const files = [
    env['AWS_CONFIG_FILE'] || join(folder, 'config'),
    env['AWS_SHARED_CREDENTIALS_FILE'] || join(folder, 'credentials'),
  ]
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => undefined)))
  const known = new Set(texts.flatMap((text = '') => [...text.matchAll(SECTION)].map(([, name = '']) => name)))
  if (known.has(profile)) return
  const looked = files.map((file, i) => (texts[i] === undefined ? `${file} (not there)` : file)).join(' and ')
  const names = [...known].filter((name) => !/^(sso-session|services) /.test(name))
  throw new ProfileNotFound(
    `There is no profile ${JSON.stringify(profile)}: looked in ${looked}, which have ${names.join(', ') || 'none'}. ` +
      'Name one of them with --profile or AWS_PROFILE, or make it: aws configure --profile <name>',
  )
}
