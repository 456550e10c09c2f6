type Sent = { readonly sent: number; readonly bytes: number; readonly millis: number }

const mega = (bytes: number): string => (bytes / 1e6).toFixed(1)

/** `48.0 of 120.0 MB, 40 %, 8.1 MB/s` */
export const uploadProgress = ({ sent, bytes, millis }: Sent): string => {
  const percent = bytes === 0 ? 100 : Math.floor((100 * sent) / bytes)
  return `${mega(sent)} of ${mega(bytes)} MB, ${percent} %, ${mega((1000 * sent) / Math.max(1, millis))} MB/s`
}
