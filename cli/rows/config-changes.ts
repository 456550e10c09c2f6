import { isDeepStrictEqual } from 'node:util'

export type Row = Readonly<Record<string, unknown>>
/** Rows by name: `<payer>/<type>`, or that of the pool. */
export type Rows = ReadonlyMap<string, Row>

export type FieldChange = { readonly field: string; readonly from: unknown; readonly to: unknown }

/**
 * What would be done to one row of the target.
 * `foreign`: only the target ever had it; never touched. `theirs`: edited there alone since both were last the same; left as
 * it is. `conflict`: edited on both sides, or never seen the same; nobody can tell which of them is meant.
 */
export type Change = {
  readonly name: string
  readonly kind: 'add' | 'change' | 'remove' | 'foreign' | 'theirs' | 'conflict'
  /** Undefined: there is no such row. */
  readonly from: Row | undefined
  readonly to: Row | undefined
  readonly fields: readonly FieldChange[]
}

type Sides = {
  /** Where the rows come from. */
  readonly source: Rows
  /** What is to be like them. */
  readonly target: Rows
  /** Both, when they were last made the same. */
  readonly base: Rows
}

/**
 * What makes the target like the source without undoing what others did there: each row is compared with how it stood when
 * both were last the same.
 */
export const changesOf = ({ source, target, base }: Sides): Change[] =>
  [...new Set([...source.keys(), ...target.keys()])].sort().flatMap((name) => {
    const [to, from, before] = [source.get(name), target.get(name), base.get(name)]
    if (isDeepStrictEqual(from, to)) return []
    const sourceStands = isDeepStrictEqual(to, before)
    const targetStands = isDeepStrictEqual(from, before)
    const kind = targetStands ? done(from, to) : sourceStands ? (before ? 'theirs' : 'foreign') : 'conflict'
    return [{ name, kind, from, to, fields: fieldsOf(from, to) }]
  })

const done = (from: Row | undefined, to: Row | undefined): Change['kind'] =>
  from === undefined ? 'add' : to === undefined ? 'remove' : 'change'

const fieldsOf = (from: Row = {}, to: Row = {}): FieldChange[] =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((field) => !isDeepStrictEqual(from[field], to[field]))
    .map((field) => ({ field, from: from[field], to: to[field] }))

/** The changes when the source is to win wherever it says anything. */
export const forced = (changes: readonly Change[]): Change[] =>
  changes.map((change) =>
    change.kind === 'theirs' || change.kind === 'conflict' ? { ...change, kind: done(change.from, change.to) } : change,
  )

/** What both sides have in common once `changes` are made, as far as they are to be. */
export const baseAfter = ({ source, base }: Pick<Sides, 'source' | 'base'>, changes: readonly Change[]): Rows => {
  const next = new Map(source)
  for (const { name, kind } of changes) {
    if (kind !== 'foreign' && kind !== 'theirs' && kind !== 'conflict') continue
    const before = base.get(name)
    if (before) next.set(name, before)
    else next.delete(name)
  }
  return next
}
