import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { Sabotage } from '../sabotage/sabotage.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Puts a sabotage's words in place of ours, and refuses when ours are not there once: then the code has moved on. */
export const sabotaged = (text: string, file: string, { name, edits }: Sabotage): string => {
  let changed = text
  for (const { find, put } of edits.filter((edit) => edit.file === file)) {
    const count = changed.split(find).length - 1
    if (count !== 1)
      throw new Error(
        `sabotage ${name}: ${file} holds ${JSON.stringify(find)} ${count} times instead of once; the code has changed, so must the sabotage`,
      )
    changed = changed.replace(find, () => put)
  }
  return changed
}

const plugin = (sabotage: Sabotage): Plugin => ({
  name: 'sabotage',
  setup({ onLoad }) {
    onLoad({ filter: /\/(domain|functions|adapters\/memory)\/.*\.ts$/ }, async ({ path }) => {
      const file = relative(root, path)
      if (!sabotage.edits.some((edit) => edit.file === file)) return undefined
      return { contents: sabotaged(await readFile(path, 'utf8'), file, sabotage), loader: 'ts' }
    })
    onLoad({ filter: /payer-file\.asl\.json$/ }, async ({ path }) => {
      const file = relative(root, path)
      return { contents: sabotaged(await readFile(path, 'utf8'), file, sabotage), loader: 'json' }
    })
  },
})

/** The worker as one file: starting from source would cost more than a hundred worlds. */
export const bundleWorker = async (outfile: string, sabotage?: Sabotage): Promise<void> => {
  await build({
    entryPoints: [join(root, 'simulator/run/worker.ts')],
    outfile,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'silent',
    sourcemap: 'inline',
    ...(sabotage ? { plugins: [plugin(sabotage)] } : {}),
  })
}
