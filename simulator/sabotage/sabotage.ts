/**
 * One thing left out of the scheduler, as words of a source file replaced while the simulator is bundled: production code
 * has no switches for tests.
 */
export type Sabotage = {
  name: string
  leftOut: string
  broke: string
  edits: { file: string; find: string; put: string }[]
}
