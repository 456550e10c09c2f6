/** What a shell says of a program that SIGPIPE ended: most programs do. Node.js ignores it and throws EPIPE instead. */
export const READER_GONE = 141

/**
 * From the first write that nobody reads on, nothing more is said of it; what would go on until Ctrl-C is told to stop,
 * what ends by itself does so: a push of rows that is half done helps nobody.
 */
export const watchReader = (): { readonly gone: boolean } => {
  const reader = { gone: false }
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      if (reader.gone) return
      reader.gone = true
      // The error may come when the command has ended already, with its own exit code.
      process.once('exit', () => {
        process.exitCode = READER_GONE
      })
      process.emit('SIGTERM', 'SIGTERM')
    })
  return reader
}
