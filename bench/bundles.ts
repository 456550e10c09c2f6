import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bundle, bundleSteps } from '#infra/bundles/bundle-steps'
import { machine } from './machine.ts'
import { type Start, startOf } from './start-up.ts'

/** KB is 1,024 bytes, MB 1,048,576. */
export type BundleFigures = {
  step: string
  kilobytes: number
  /** Packages (or folders of ours) by what they take, the largest first. */
  fills: { name: string; kilobytes: number }[]
  /** The SDK's clients in it. */
  clients: string[]
  /** Medians over fresh processes. */
  start: Start
}

const KB = 1024

/** What the best of comparable projects reach, rounded up (issue 6): kilobytes, and milliseconds on a quiet machine. */
export const aims = { without: { kilobytes: 450, ms: 40 }, withEc2: { kilobytes: 950, ms: 85 } }
export const aimOf = (clients: readonly string[]) => (clients.includes('client-ec2') ? aims.withEc2 : aims.without)

const outputOf = ({ metafile }: Bundle) => {
  const [output] = Object.values(metafile.outputs)
  if (!output) throw new Error('esbuild made no output')
  return output
}

/** `node_modules/@aws-sdk/client-s3/…` → `@aws-sdk/client-s3`; `domain/schedule/…` → `domain`. */
const fillOf = (path: string): string => {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
  return inPackage ?? path.split('/')[0] ?? path
}

export const fillsOf = (bundle: Bundle): { name: string; kilobytes: number }[] => {
  const sums = new Map<string, number>()
  for (const [path, { bytesInOutput }] of Object.entries(outputOf(bundle).inputs))
    sums.set(fillOf(path), (sums.get(fillOf(path)) ?? 0) + bytesInOutput)
  return [...sums].map(([name, bytes]) => ({ name, kilobytes: bytes / KB })).sort((a, b) => b.kilobytes - a.kilobytes)
}

/** Clients that left anything in the bundle. */
export const clientsOf = (bundle: Bundle): string[] =>
  fillsOf(bundle)
    .filter(({ name, kilobytes }) => name.startsWith('@aws-sdk/client-') && kilobytes > 0)
    .map(({ name }) => name.slice('@aws-sdk/'.length))
    .sort()

export const kilobytesOf = (bundle: Bundle): number => outputOf(bundle).bytes / KB

/** Bundles every function as a deployment does, and starts each in so many fresh processes. */
export const bundlesBench = async (processes: number) => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-bench-bundles-'))
  try {
    const bundles = await bundleSteps(folder)
    const starts = await startOf(bundles, processes)
    const figures = bundles.map((bundle, n): BundleFigures => {
      const start = starts[n]
      if (!start) throw new Error(`${bundle.step} was never started`)
      const { step } = bundle
      return { step, kilobytes: kilobytesOf(bundle), fills: fillsOf(bundle), clients: clientsOf(bundle), start }
    })
    const shortfalls = figures.flatMap(({ step, kilobytes, clients }) =>
      kilobytes > aimOf(clients).kilobytes
        ? [`${step}: ${Math.round(kilobytes)} KB, not ${aimOf(clients).kilobytes} at most`]
        : [],
    )
    return { machine: machine(), processes, figures, shortfalls }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
