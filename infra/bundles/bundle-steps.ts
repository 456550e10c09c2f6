import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { lean } from '#infra/bundles/lean'

const functions = fileURLToPath(new URL('../../functions/', import.meta.url))

/** The folders of `functions/` that are Lambdas. */
export const stepNames = async (): Promise<string[]> => {
  const folders = (await readdir(functions, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const files = await Promise.all(
    folders.map(async ({ name }) => ({ name, files: await readdir(join(functions, name)) })),
  )
  return files.filter((folder) => folder.files.includes('handler.ts')).map(({ name }) => name)
}

/** The SDK inside, so that the same file runs on AWS and on the emulator; scripts of the folder go along. */
const bundleStep = async (step: string, to: string, plugin = lean()): Promise<Metafile> => {
  const from = join(functions, step)
  await mkdir(to, { recursive: true })
  const { metafile } = await build({
    entryPoints: [join(from, 'handler.ts')],
    outfile: join(to, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Modules can be shaken. `main` alone is CommonJS: 2 to 3 times the size.
    mainFields: ['module', 'main'],
    plugins: [plugin],
    // Constructors lose their names: errors say theirs literally (test/architecture.test.ts).
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  })
  const scripts = (await readdir(from)).filter((name) => name.endsWith('.sh'))
  await Promise.all(scripts.map((file) => copyFile(join(from, file), join(to, file))))
  return metafile
}

export type Bundle = { step: string; folder: string; metafile: Metafile }

/** Every step's bundle, in a folder of its own below `to`; about a second for all. `applied`: see `lean`. */
export const bundleSteps = async (to: string, applied?: Parameters<typeof lean>[0]): Promise<Bundle[]> =>
  Promise.all(
    (await stepNames()).map(async (step) => {
      const folder = join(to, step)
      return { step, folder, metafile: await bundleStep(step, folder, lean(applied)) }
    }),
  )
