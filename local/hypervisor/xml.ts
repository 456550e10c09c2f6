/** What an EC2 answer is made of: text, a structure, or a list (`<item>` elements). Undefined leaves the element out. */
export type Xml = string | number | boolean | undefined | readonly Xml[] | { readonly [tag: string]: Xml }

/** One XML element. Characters that XML 1.0 cannot hold, even escaped, become U+FFFD. */
export function element(tag: string, value: Xml): string {
  return value === undefined ? '' : `<${tag}>${content(value)}</${tag}>`
}

/** An answer of EC2's Query API in its namespace. */
export function answerXml(action: string, requestId: string, value: { readonly [tag: string]: Xml }): string {
  const body = content({ requestId, ...value })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${body}</${action}Response>`
}

export function errorXml(code: string, message: string, requestId: string): string {
  const body = content({ Errors: { Error: { Code: code, Message: message } }, RequestID: requestId })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${body}</Response>`
}

function content(value: Xml): string {
  if (value === undefined) return ''
  if (isList(value)) return value.map((item) => element('item', item)).join('')
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([tag, inner]) => element(tag, inner))
      .join('')
  }
  return escapeText(String(value))
}

const isList = (value: Xml): value is readonly Xml[] => Array.isArray(value)

function escapeText(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replace(/\r/g, '&#13;')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 cannot hold
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  )
}
