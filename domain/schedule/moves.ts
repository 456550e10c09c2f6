/** What a move is about: the file's lane, and the file that must move first, if it is one. */
type About = { readonly lane: string; readonly ahead?: string | undefined }

/** What its owner may do about a file that ended badly. */
export const ownerClears = (file: string): string =>
  `mayfly retry ${file} --why … once its cause is gone, or mayfly excuse ${file} --why … if others may go on without it`

const onItsWay = () => 'nothing: it is on its way'

/** Every reason why a file has not ended, gates apart, and what moves it. */
export const moves = {
  registered: onItsWay,
  validating: () => 'the end of its validation',
  waiting: onItsWay,
  ready: onItsWay,
  starting: onItsWay,
  running: onItsWay,
  'unroutable-key': () => 'drop it again as <payer>/<type>/[<cycle>/]<file> and delete this object',
  'unknown-payer': () => 'a row for the payer in payer-priority',
  'unknown-type': () => 'a row for the file type in payer-priority',
  paused: () => 'enabled: true in its row of payer-priority',
  'max-concurrent': () => 'the end of a file of its lane, or a higher maxConcurrent in its row',
  'grace-period': () => 'time: the end of its grace period',
  'quiet-period': () => 'time without another arrival in its lane',
  'internal-error': () => 'a person who looks at the items of its lane in the table schedule',
  'held-by-owner': ({ lane, ahead }) => `mayfly resume ${ahead ?? `--lane ${lane}`} --why …, by its owner`,
  'no-capacity': () => 'time: EC2 is asked again after a pause',
  'daily-budget': () => 'time: midnight UTC, or a higher dailyBudgetUsd in its row',
  'boot-loop': ({ lane }) =>
    `mayfly resume --lane ${lane} --why …, or an edit of its row, after a look at what the console said`,
  'unknown-pool': () => 'a row for the pool in capacity-pools, or another pool in its row',
  'pool-paused': () => 'enabled: true in the row of its pool',
  'never-fits': () => 'a higher ceiling in capacity-pools, or a smaller instance type in its row',
  'pool-full': () => 'the end of a file of its pool, or a higher ceiling in capacity-pools',
  'lower-rank': () => 'those before it in its pool, or a higher priority in its row',
  'behind-in-lane': () => 'the file before it in its lane',
  'running-ahead': () => 'the end of the file before it in its lane',
  'failed-ahead': ({ ahead = '<file>' }) =>
    `a newer version or the deletion of the failed file before it; or ${ownerClears(ahead)}`,
} satisfies Record<string, (about: About) => string>

/** Gates end in what they wait for. */
const gates = {
  missing: (type, { lane }) =>
    `a sound ${type} file in the landing bucket; or mayfly waive --lane ${lane} --why … if what stands there may go without`,
  unfinished: (type) => `the end of the ${type} files of its scope`,
  failed: (type, { ahead = '<file>' }) =>
    `a newer version, the deletion, or a later full success of the ${type} file that failed; or ${ownerClears(ahead)}`,
  rejected: (type, { ahead = '<file>' }) =>
    `a newer version, the deletion, or a later full success of the ${type} file that was rejected; or ${ownerClears(ahead)}`,
} satisfies Record<string, (type: string, about: About) => string>

export type Reason = keyof typeof moves | `${string}-file-${keyof typeof gates}`

/** What moves a file that waits for this reason, and the command where there is one. */
export const movedBy = (because: string, about: About): string => {
  for (const [state, move] of Object.entries(gates)) {
    const end = `-file-${state}`
    if (because.endsWith(end)) return move(because.slice(0, -end.length), about)
  }
  const found = Object.entries(moves).find(([reason]) => reason === because)
  return found ? found[1](about) : onItsWay()
}
