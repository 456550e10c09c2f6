import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Instance } from '#local/hypervisor/instance'

export interface InstanceStore {
  all(): Instance[]
  get(id: string): Instance | undefined
  /** On disk when it returns: what a caller was told survives a crash. */
  put(instance: Instance): void
}

/** The instances of a state folder, one file each, in memory as well. A file that cannot be read stops the start. */
export function openInstanceStore(folder: string): InstanceStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const instances = new Map<string, Instance>()
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.json'))) {
    const instance = Instance.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))
    instances.set(instance.id, instance)
  }
  return {
    all: () => [...instances.values()].sort((a, b) => a.launchedAt.localeCompare(b.launchedAt) || a.index - b.index),
    get: (id) => instances.get(id),
    put(instance) {
      const path = join(folder, `${instance.id}.json`)
      writeFileSync(`${path}.new`, JSON.stringify(instance), { mode: 0o600 })
      renameSync(`${path}.new`, path)
      instances.set(instance.id, instance)
    },
  }
}
