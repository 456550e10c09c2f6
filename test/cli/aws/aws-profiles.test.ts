import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { clientOptions } from '#cli/aws/aws-options'
import { requireProfile } from '#cli/aws/aws-profiles'

const home = mkdtempSync(join(tmpdir(), 'mayfly-profiles-'))
afterAll(() => rmSync(home, { recursive: true }))
mkdirSync(join(home, '.aws'))
writeFileSync(
  join(home, '.aws', 'config'),
  '[default]\nregion = eu-west-1\n[profile prod]\n[ profile "with space" ]\n[sso-session corp]\n',
)
const credentials = join(home, 'elsewhere')
writeFileSync(credentials, '[old]\naws_access_key_id = x\n')
const full = { HOME: home, AWS_SHARED_CREDENTIALS_FILE: credentials }

describe('a profile', () => {
  it.each(['default', 'prod', 'with space', 'old'])('%s is there', async (profile) => {
    await requireProfile(profile, full)
  })

  it.each([
    {
      profile: 'nope',
      env: full,
      says: `no profile "nope": looked in ${home}/.aws/config and ${credentials}, which have default, prod, with space, old.`,
    },
    { profile: 'old', env: { HOME: home }, says: `${home}/.aws/credentials (not there), which have default, prod` },
    { profile: 'prod', env: { HOME: '/nowhere' }, says: '/nowhere/.aws/config (not there) and /nowhere' },
  ])('$profile is not: $says', async ({ profile, env, says }) => {
    await expect(requireProfile(profile, env)).rejects.toThrow(says)
  })

  it.each([
    { given: 'as an option', options: { profile: 'nope', region: 'us-east-1' }, env: full },
    { given: 'as an option, beside an endpoint', options: { profile: 'nope', endpointUrl: 'http://x' }, env: full },
    { given: 'in the environment', options: {}, env: { ...full, AWS_PROFILE: 'nope' } },
  ])('that is not is refused before anything is asked: $given', async ({ options, env }) => {
    const asked = clientOptions(options, 'other', { running: async () => undefined, env, say: () => {} })
    await expect(asked).rejects.toThrow(/^There is no profile "nope"/)
  })
})
