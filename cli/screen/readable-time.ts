const two = (n: number): string => String(n).padStart(2, '0')

/** Local time: `16:05:19` today, else with the date. */
export const readableTime = (at: string | number | undefined, now = Date.now()): string => {
  if (at === undefined) return '–'
  const time = new Date(at)
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
  if (time.toDateString() === new Date(now).toDateString()) return clock
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`
}

/** `850 ms`, `12 s`, `3 min 05 s`, `2 h 10 min`, `4 d 3 h`. */
export const readableDuration = (millis: number): string => {
  const seconds = Math.floor(millis / 1000)
  if (seconds < 1) return `${Math.max(0, Math.round(millis))} ms`
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor(seconds / 3600) % 24} h`
}
