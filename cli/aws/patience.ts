/**
 * How long an SDK client of ours waits, milliseconds. By itself the SDK waits for a connection without end, and 5 to 15
 * minutes for an answer. `socketTimeout` is silence, not time in all (@smithy/node-http-handler 4.14): a file that takes
 * an hour to upload goes on as long as bytes move. 30 s: the slowest of our requests, a large CompleteMultipartUpload,
 * is answered at once and then kept alive by S3 with white space.
 */
export const patience = { connectionTimeout: 5000, socketTimeout: 30_000 }

/**
 * For the first request of a command, which tells whether anybody is there: three attempts of 10 s and not of 30.
 * `requestTimeout` is the time until the answer begins, the request's own body included.
 */
export const firstPatience = { connectionTimeout: 5000, requestTimeout: 10_000, throwOnRequestTimeout: true }
