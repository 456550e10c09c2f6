import type { PayerFileDone } from '#domain/payer-file-done'

/** What is told of a file that has succeeded, in full; a test states only what matters to it. */
export const aFileDone = (more: Partial<PayerFileDone> = {}): PayerFileDone => ({
  ...{ payer: 'acme', type: 'member', file: 'jan.834', bucket: 'landing', key: 'acme/member/jan.834', version: 'v1' },
  ...{ job: 'j1', round: 1, attempts: 1, order: '000000000012.000', counts: { members: 3 }, ranAfter: {} },
  output: { bucket: 'results', prefix: 'runs/AROATEST:i-1/out/', names: ['members.ndjson'], moreNames: 0 },
  ...{ registeredAt: '2026-01-05T10:00:00.000Z', endedAt: '2026-01-05T10:02:00.000Z' },
  ...more,
})
