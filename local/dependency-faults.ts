import * as z from 'zod'

/** What is read of `package.json` and `package-lock.json`. */
export const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
})
const Locked = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
})
export const LockFile = z.object({ packages: z.record(z.string(), Locked) })

const permissive = ['MIT', 'MIT-0', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0']
/** Of tools only, which never reach a function: file by file copyleft (lightningcss, below vitest), and data (caniuse-lite). */
const ofTools = ['MPL-2.0', 'CC-BY-4.0']

/** `A OR B` gives the choice; nothing else that joins licences stands in the lock file today. */
const mayBe = (license: string, allowed: readonly string[]): boolean =>
  license
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => allowed.includes(choice))

/** esbuild's looks whether the binary of the platform came along. */
const knownScripts = ['esbuild']

const EXACT = /^\d+\.\d+\.\d+$/

/** What a reviewer of the dependencies would not accept, one sentence each. It asks nobody: the lock file says it all. */
export const dependencyFaults = (manifest: z.infer<typeof Manifest>, lock: z.infer<typeof LockFile>): string[] => {
  const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  const loose = wanted
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) => `${name} is wanted as ${version}; pin one version, such as 1.2.3`)
  const locked = Object.entries(lock.packages).filter(([path]) => path !== '')
  const of = (path: string): string => path.replace(/^.*node_modules\//, '')
  const licences = locked
    .filter(([, { license, dev }]) => !mayBe(license ?? '', dev ? [...permissive, ...ofTools] : permissive))
    .map(([path, { license, dev }]) => {
      const where = dev ? 'as a tool' : 'where it may reach a function'
      return `${of(path)} has the licence ${license ?? 'none'}, which is not accepted ${where}`
    })
  // A bundled package comes inside of its parent, whose checksum holds it; those of other platforms: docs/decisions/0007.
  const unsealed = locked
    .filter(([, { integrity, inBundle, optional }]) => integrity === undefined && !inBundle && !optional)
    .map(([path]) => `${of(path)} has no checksum in the lock file`)
  const elsewhere = locked
    .filter(([, { resolved }]) => resolved !== undefined)
    .map(
      ([path, { resolved }]) =>
        `${of(path)} comes from ${resolved}; name no address, so that whatever registry is set up serves it`,
    )
  const scripts = locked
    .filter(([path, { hasInstallScript, dev }]) => hasInstallScript && !dev && !knownScripts.includes(of(path)))
    .map(([path]) => `${of(path)} runs a script when it is installed; look at it first`)
  return [...loose, ...licences, ...unsealed, ...elsewhere, ...scripts]
}
