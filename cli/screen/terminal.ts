export type Terminal = {
  /** Columns; unlimited when no person looks on. */
  readonly width: number
  readonly height: number
  readonly colour: boolean
  readonly interactive: boolean
}

type Stream = { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }

/** What standard output can show: no colour and no cutting when it is piped; https://no-color.org is honoured. */
export const terminal = (stream: Stream = process.stdout, env: NodeJS.ProcessEnv = process.env): Terminal => {
  const interactive = stream.isTTY === true && env['TERM'] !== 'dumb'
  return {
    width: stream.isTTY ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY,
    height: stream.rows ?? 24,
    colour: interactive && !env['NO_COLOR'],
    interactive,
  }
}
