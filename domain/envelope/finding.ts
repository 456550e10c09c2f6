/** Something that the scan has to say about a file. Control numbers and counts only: never a body segment (PHI). */
export type Finding = {
  code: string
  severity: 'error' | 'warning'
  message: string
  /** 1 for the first segment of the file */
  segment: number
  /** offset of the segment's tag in the (unpacked) file, from 0 */
  byte: number
  interchange?: string
  group?: string
  transaction?: string
}

/** A broken file repeats itself: what comes after these says nothing new and would not fit a job's row. */
const MOST_FINDINGS = 50
/** Warnings leave room, so that the error which refuses the file is always among the findings. */
const MOST_WARNINGS = 25

/** Collects findings up to the cap. `valid` counts every error, the unlisted ones too. */
export function findingList() {
  const listed: Finding[] = []
  let errors = 0
  let unlisted = 0
  return {
    add(finding: Finding): void {
      if (finding.severity === 'error') errors += 1
      const room = finding.severity === 'error' ? MOST_FINDINGS - 1 : MOST_WARNINGS
      if (listed.length < room) listed.push(finding)
      else unlisted += 1
    },
    end(): { valid: boolean; findings: Finding[] } {
      if (unlisted === 0) return { valid: errors === 0, findings: listed }
      const last = listed.at(-1) ?? { segment: 0, byte: 0 }
      const message = `${unlisted} more findings are not listed; the first ${listed.length} are`
      const capped: Finding = {
        code: 'findings-capped',
        severity: 'warning',
        message,
        segment: last.segment,
        byte: last.byte,
      }
      return { valid: errors === 0, findings: [...listed, capped] }
    },
  }
}
