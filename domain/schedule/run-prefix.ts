/**
 * `runs/<role id>:<instance id>/`, the only place an instance may write (its `aws:userid`).
 * Identity comes from the key, never from the body.
 */
export const runPrefix = (roleId: string, instanceId: string): string => `runs/${roleId}:${instanceId}/`

/** The instance that wrote a key below `runs/`, and its prefix. */
export const instanceOfKey = (key: string): { instanceId: string; prefix: string } | undefined => {
  const match = /^(runs\/[^/:]+:(i-[0-9a-z]+)\/)/.exec(key)
  return match?.[1] && match[2] ? { prefix: match[1], instanceId: match[2] } : undefined
}
