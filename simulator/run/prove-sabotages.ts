import type { Sabotage } from '../sabotage/sabotage.ts'
import { type Crew, runSeeds, startCrew } from './crew.ts'
import type { Verdict } from './judge.ts'

type Proof = { name: string; caughtAt: number | undefined; worlds: number; check: string; what: string }

/** A seed counts only if the same world keeps every rule when nothing is left out. */
const prove = async (sabotage: Sabotage, sane: Crew, begin: number, seeds: number): Promise<Proof> => {
  const from = sabotage.from ?? begin
  const crew = await startCrew(sabotage)
  let caught: Verdict | undefined
  let looking = Promise.resolve()
  let worlds = 0
  const look = async (verdict: Verdict): Promise<void> => {
    if (!caught && (await sane.judge(0, { seed: verdict.seed })).violations.length === 0) caught = verdict
  }
  await runSeeds(
    crew,
    { from, seeds },
    (verdict) => {
      worlds += 1
      if (verdict.violations.length > 0) looking = looking.then(() => look(verdict))
    },
    () => caught !== undefined,
  )
  await looking
  await crew.end()
  const first = caught?.violations[0]
  return { name: sabotage.name, caughtAt: caught?.seed, worlds, check: first?.check ?? '', what: first?.what ?? '' }
}

/** Leaves out one thing after the other; 0 when the worlds noticed each of them, else 1. */
export const proveSabotages = async (
  sabotages: readonly Sabotage[],
  { from, seeds, json }: { from: number; seeds: number; json: boolean },
): Promise<number> => {
  const proofs: Proof[] = []
  const sane = await startCrew(undefined, 1)
  try {
    for (const sabotage of sabotages) {
      const proof = await prove(sabotage, sane, from, seeds)
      proofs.push(proof)
      const found = proof.caughtAt === undefined ? `NOT NOTICED in ${proof.worlds} worlds` : `seed ${proof.caughtAt}`
      if (!json) console.log(`${proof.name.padEnd(34)} ${found.padEnd(12)} ${proof.check} ${proof.what.slice(0, 110)}`)
    }
  } finally {
    await sane.end()
  }
  const missed = proofs.filter(({ caughtAt }) => caughtAt === undefined).length
  if (json) console.log(JSON.stringify({ from, seeds, sabotages: proofs, missed }))
  else console.log(`${proofs.length - missed} of ${proofs.length} sabotages were noticed`)
  return missed > 0 ? 1 : 0
}
