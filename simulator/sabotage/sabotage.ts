/**
 * One thing left out of the scheduler, as words of a source file replaced while the simulator is bundled: production code
 * has no switches for tests.
 */
export type Sabotage = {
  name: string
  leftOut: string
  broke: string
  /** Worlds from this seed on have noticed it soon; it says where to begin, not where to end. */
  from?: number
  edits: { file: string; find: string; put: string }[]
}
