/** A lane as people write it, and as `--lane` takes it: `<payer>/<type>`, or `<payer>/<cycle>/<type>` where gates count by cycle. */
export const laneName = (scope: string, type: string): string => [...scope.split('#'), type].join('/')
