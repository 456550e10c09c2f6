import * as z from 'zod'

export const Architecture = z.enum(['x86_64', 'arm64'])
export type Architecture = z.infer<typeof Architecture>

/** vCPUs and memory of the instance types that a row may name (AWS EC2 instance type pages; `x86_64` and `arm64` as architecture). */
export const instanceTypes: Record<string, { vcpus: number; memoryGiB: number; architecture: Architecture }> = {
  't3a.nano': { vcpus: 2, memoryGiB: 0.5, architecture: 'x86_64' },
  't3.small': { vcpus: 2, memoryGiB: 2, architecture: 'x86_64' },
  't3.medium': { vcpus: 2, memoryGiB: 4, architecture: 'x86_64' },
  'm7i.large': { vcpus: 2, memoryGiB: 8, architecture: 'x86_64' },
  'm7i.xlarge': { vcpus: 4, memoryGiB: 16, architecture: 'x86_64' },
  'c7i.xlarge': { vcpus: 4, memoryGiB: 8, architecture: 'x86_64' },
  'c7i.2xlarge': { vcpus: 8, memoryGiB: 16, architecture: 'x86_64' },
  'r7i.2xlarge': { vcpus: 8, memoryGiB: 64, architecture: 'x86_64' },
  'c7i.4xlarge': { vcpus: 16, memoryGiB: 32, architecture: 'x86_64' },
  'c7i.8xlarge': { vcpus: 32, memoryGiB: 64, architecture: 'x86_64' },
  'm7g.large': { vcpus: 2, memoryGiB: 8, architecture: 'arm64' },
  'c7g.4xlarge': { vcpus: 16, memoryGiB: 32, architecture: 'arm64' },
}

/** What a job takes from its pool: the largest candidate, because any of them may be the one that starts. */
export const needOf = (types: readonly string[]): { vcpus: number; instances: number } => ({
  vcpus: Math.max(...types.map((type) => instanceTypes[type]?.vcpus ?? 0)),
  instances: 1,
})
