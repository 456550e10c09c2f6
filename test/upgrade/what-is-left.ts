import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Life from '#test/support/file-life'
import type * as World from '#test/support/memory-world'

/**
 * What a version keeps while files wait and run, made by its own code, in the checkout at `folder`. `first-version.json` is
 * that of the first version that landed:
 *
 *   git worktree add /tmp/first 5e12f24 && ln -s "$PWD/node_modules" /tmp/first/
 *   npx tsx -e "import('./test/upgrade/what-is-left.ts').then(async ({ whatIsLeft }) => console.log(JSON.stringify(await whatIsLeft('/tmp/first'), undefined, 1)))" >test/upgrade/first-version.json
 */
export const whatIsLeft = async (folder: string) => {
  const from = (path: string) => import(pathToFileURL(join(resolve(folder), path)).href)
  const { memoryWorld }: typeof World = await from('test/support/memory-world.ts')
  const life: typeof Life = await from('test/support/file-life.ts')
  const { jobOf, landed, launch, over, parked, succeed, writeResult } = life
  const tables = {
    rows: [
      ...['acme', 'bolt', 'cato'].map((payerId) => ({ payerId, fileType: '*', pool: 'p', graceSeconds: 0 })),
      { payerId: 'bolt', fileType: 'member', haltOnFailure: false },
      { payerId: 'cato', fileType: '*', pool: 'p', graceSeconds: 0, scope: 'cycle' },
    ],
    pools: [{ pool: 'p', maxVcpus: 6, maxInstances: 3 }],
  }
  const world = memoryWorld(tables)
  const wait = (key: string): string => {
    world.run([landed(key)])
    world.run([parked(jobOf(key))])
    return jobOf(key)
  }

  // acme: a member file is done, the next one runs, one waits behind it, and so do claims.
  succeed(world, 'acme/member/m1')
  launch(world, wait('acme/member/m2'), 'i-acme2')
  for (const key of ['acme/member/m3', 'acme/claims/c1', 'acme/claims/c2']) wait(key)
  // cato: members of a cycle are done; one claims file has its turn and no machine yet, one has it and its result lies in S3.
  succeed(world, 'cato/member/2026-01/m1')
  wait('cato/claims/2026-01/c1')
  launch(world, wait('cato/claims/2026-01/c2'), 'i-cato2')
  writeResult(world, 'i-cato2')
  // The pool is full: one that could go stands on its board.
  wait('cato/claims/2026-01/c3')
  // bolt: a member file failed and blocks; claims wait for its owner. One file has landed and is not validated.
  const failed = wait('bolt/member/m1')
  world.run([over(failed, 'UnsoundFile', '{}')])
  wait('bolt/claims/c1')
  world.run([landed('bolt/member/m2')])
  // Nobody knows this payer yet.
  world.run([landed('dart/claims/c1')])

  const items = [...world.items.values()]
  const results = Object.fromEntries(world.results)
  return { now: world.now, ...tables, items, results }
}
