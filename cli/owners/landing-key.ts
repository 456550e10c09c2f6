import { routeKey } from '#domain/route'

type Parts = {
  readonly payer: string
  readonly type: string
  readonly cycle?: string | undefined
  readonly name: string
}

/**
 * The key under which a file lands: `<payer>/<type>/<name>` or `<payer>/<type>/<cycle>/<name>`.
 * @throws when the scheduler would not read these very parts from it.
 */
export const landingKey = ({ payer, type, cycle, name }: Parts): string => {
  const key = [payer, type, ...(cycle === undefined ? [] : [cycle]), name].join('/')
  const route = routeKey(key)
  if (route?.payerId === payer && route.fileType === type && route.fileName === name) return key
  throw new Error(
    `${JSON.stringify(key)} would not be understood; it should be <payer>/<type>/[<cycle>/]<file>, with letters, digits, ` +
      'dot, dash and underscore in payer, type and cycle (64 at most), and a file name without a slash (--name)',
  )
}
