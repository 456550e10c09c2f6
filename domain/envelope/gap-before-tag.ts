import type { EnvelopeRules } from './envelope-rules.ts'

const NUL = 0
const TAB = 9
const LF = 10
const CR = 13
const CTRL_Z = 26
export const BLANK = 32

export const isPadding = (byte: number): boolean =>
  byte === NUL || byte === TAB || byte === LF || byte === CR || byte === CTRL_Z || byte === BLANK

/** CR and LF may follow any terminator. Blanks are let through with one warning a file; NUL and Ctrl-Z only at its end. */
export function gapBeforeTag(rules: EnvelopeRules) {
  let blank = false
  let padding = false
  let warned = false
  return {
    swallows(byte: number, between: boolean): boolean {
      if (byte === LF || byte === CR) return true
      if (byte === BLANK || byte === TAB) {
        blank = true
        return true
      }
      if (!between || rules.counts.interchanges === 0 || (byte !== NUL && byte !== CTRL_Z)) return false
      padding = true
      return true
    },
    /** A tag (its offset) or the end of the file (undefined) was reached. */
    ended(tagOffset: number | undefined): void {
      if (!blank && !padding) return
      if (tagOffset === undefined) {
        if (!rules.isInside() && rules.counts.interchanges > 0) {
          rules.note({
            code: 'padding-after-iea',
            message: 'blanks, NUL or Ctrl-Z follow the last IEA',
            severity: 'warning',
          })
        }
      } else if (padding) {
        rules.note({ code: 'bytes-after-iea', message: 'NUL or Ctrl-Z between IEA and the next ISA' })
      } else if (!warned) {
        warned = true
        rules.standAt(tagOffset)
        rules.note({
          code: 'blank-before-tag',
          message: 'blanks before a segment tag (first one)',
          severity: 'warning',
        })
      }
      blank = false
      padding = false
    },
  }
}
