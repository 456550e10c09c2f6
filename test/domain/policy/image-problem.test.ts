import { describe, expect, it } from 'vitest'
import { imageProblem } from '#domain/policy/image-problem'
import type { PolicyRow } from '#domain/policy/policy'

const ami = 'ami-0123456789abcdef0'
const arm = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64'
const row = (fields: Omit<PolicyRow, 'payerId' | 'fileType'>): PolicyRow => ({
  payerId: 'acme',
  fileType: 'claims',
  ...fields,
})

describe('imageProblem', () => {
  it.each<[string, PolicyRow[], string | undefined]>([
    ['no image, mixed types', [row({ instanceTypes: ['m7i.large', 'm7g.large'] })], undefined],
    ['one image, one architecture', [row({ image: ami, instanceTypes: ['m7i.large', 't3.small'] })], undefined],
    ['one image, mixed types', [row({ image: ami, instanceTypes: ['m7i.large', 'm7g.large'] })], 'x86_64 and arm64'],
    ['an image of the other architecture', [row({ image: arm, instanceTypes: ['m7i.large'] })], 'are x86_64'],
    ['the same, for the types of the defaults', [row({ image: arm })], 't3.small are x86_64'],
    ['an image of its architecture', [row({ image: arm, instanceTypes: ['m7g.large'] })], undefined],
    [
      'image and types in different rows',
      [{ payerId: '*', fileType: '*', image: ami }, row({ instanceTypes: ['m7i.large', 'm7g.large'] })],
      'acme/claims: image ami-0123456789abcdef0 is of one architecture; m7i.large, m7g.large are of x86_64 and arm64',
    ],
    [
      'a shape of the other architecture',
      [row({ image: arm, shapes: [{ instanceTypes: ['m7i.large'] }] })],
      'm7i.large are x86_64',
    ],
    [
      'each shape with its own image',
      [row({ shapes: [{ upToMiB: 5, instanceTypes: ['m7g.large'], image: arm }, { instanceTypes: ['m7i.large'] }] })],
      undefined,
    ],
  ])('%s', (_, rows, expected) => {
    if (expected === undefined) expect(imageProblem(rows, 'acme')).toBeUndefined()
    else expect(imageProblem(rows, 'acme')).toContain(expected)
  })
})
