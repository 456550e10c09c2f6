import { PayerFileDone, payerFileDone, pointerKey } from '#domain/payer-file-done'
import type { Check } from './check.ts'

/** I13: at rest everybody who waits for outputs has heard of every success, and each pointer shows the newest version of its key. */
export const announced: Check = {
  name: 'I13',
  atRest({ journal, state }) {
    const heard = new Set(state.announced.map(({ job, round }) => `${job} r${round}`))
    const done = [...journal.jobs.values()].flatMap((job) => payerFileDone(job, 'results') ?? [])
    return done.flatMap((each) => {
      const newest = done.filter(({ key }) => key === each.key).reduce((a, b) => (a.order > b.order ? a : b))
      const standing = PayerFileDone.safeParse(JSON.parse(state.results.get(pointerKey(each)) ?? 'null')).data
      return [
        ...(heard.has(`${each.job} r${each.round}`) ? [] : [`nobody heard that ${each.key} (${each.job}) is done`]),
        ...(standing?.job === newest.job
          ? []
          : [`the pointer of ${each.key} shows ${standing?.job}, not ${newest.job}`]),
      ]
    })
  },
}
