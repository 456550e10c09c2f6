import { type EnvelopeReport, noCounts } from './envelope-report.ts'

/** Format `none`: any file that has a byte in it is sound. */
export function scanNothing({ fileType }: { fileType: string }) {
  let isEmpty = true
  return {
    push(chunk: Uint8Array): void {
      if (chunk.length > 0) isEmpty = false
    },
    end(): EnvelopeReport {
      const message = 'the file has no content'
      const finding = { code: 'empty-file', severity: 'error' as const, message, segment: 1, byte: 0 }
      return { valid: !isEmpty, fileType, counts: noCounts(), full: false, findings: isEmpty ? [finding] : [] }
    },
    isStopped: () => false,
  }
}
