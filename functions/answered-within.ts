/**
 * How long a function's client waits: so many seconds for an answer to begin, and no longer for silence within it. By
 * itself the SDK sets no end to a connection and waits 5 to 15 minutes for an answer: all the time that a function has. A
 * dead connection is silent, and the next attempt, on another, is answered: three of them fit the function's own time.
 * 2 s to connect leave room for one lost packet (Linux sends it again after 1 s). An answer may go on for as long as it
 * comes: `validate` reads one for minutes.
 */
export const answeredWithin = (seconds: number) => ({
  requestHandler: {
    connectionTimeout: 2000,
    requestTimeout: seconds * 1000,
    socketTimeout: seconds * 1000,
    throwOnRequestTimeout: true,
  },
})
