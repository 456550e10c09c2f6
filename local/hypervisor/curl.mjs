// `curl` of a local instance on a host that has none, as far as the startup script asks the metadata service:
// [-X METHOD] [-H 'name: value'] URL. Options it does not know are passed over, with a value if they take one.
const words = process.argv.slice(2)
const headers = {}
let method = 'GET'
let url = ''
while (words.length > 0) {
  const word = words.shift()
  if (word === '-X') method = words.shift()
  else if (word === '-H') {
    const [name, ...value] = words.shift().split(':')
    headers[name] = value.join(':').trim()
  } else if (word === '--max-time' || word === '--retry') words.shift()
  else if (!word.startsWith('-')) url = word
}
try {
  const answer = await fetch(url, { method, headers, signal: AbortSignal.timeout(5000) })
  if (answer.ok) process.stdout.write(Buffer.from(await answer.arrayBuffer()))
  process.exitCode = answer.ok ? 0 : 22
} catch {
  process.exitCode = 7
}
