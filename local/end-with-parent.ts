/**
 * Preloaded (`node --import`) into processes that must not outlive their starter: the starter holds the other end of
 * standard input, and the kernel closes it even when the starter is killed with -9.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'))
process.stdin.resume()
process.stdin.unref()
