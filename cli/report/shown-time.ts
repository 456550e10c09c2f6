/** An ISO time as cells show it, on one line. The order of two files may be a matter of milliseconds. */
export const shownTime = (iso: string | undefined): string =>
  iso === undefined ? '' : `<time>${iso.slice(0, 23).replace('T', ' ')}</time>`
