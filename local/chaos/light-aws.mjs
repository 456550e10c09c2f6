#!/usr/bin/env node
// `aws` as far as the startup script calls it, for runs of hundreds of machines on two cores: the real one takes 0.6 s of
// CPU a call, this one 0.1. Unsigned, so for emulators only. The chaos run uses it unless told otherwise; scenarios and
// contracts use the real one.
import { createReadStream, createWriteStream, existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const words = process.argv.slice(2)
const named = {}
const plain = []
while (words.length > 0) {
  const word = words.shift()
  if (word === '--recursive' || word === '--only-show-errors' || word === '--no-follow-symlinks') continue
  if (word.startsWith('--')) named[word.slice(2)] = words.shift()
  else plain.push(word)
}
const base = process.env.AWS_ENDPOINT_URL
const url = (bucket, key) => `${base}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`

async function get({ bucket, key, 'version-id': version }, file) {
  const answer = await fetch(url(bucket, key) + (version ? `?versionId=${encodeURIComponent(version)}` : ''))
  if (!answer.ok) throw new Error(`GET ${answer.status}`)
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(file))
}

async function put(file, target) {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(target)
  const body = createReadStream(file)
  const headers = { 'content-length': String(statSync(file).size) }
  const answer = await fetch(url(bucket, key), { method: 'PUT', body: Readable.toWeb(body), duplex: 'half', headers })
  if (!answer.ok) throw new Error(`PUT ${answer.status}`)
}

try {
  const [service, operation, from, to] = plain
  if (service === 's3api' && operation === 'get-object') await get(named, from)
  else if (service === 's3' && operation === 'cp') {
    const isFolder = existsSync(from) && statSync(from).isDirectory()
    const files = isFolder ? readdirSync(from, { recursive: true }).map((name) => join(from, name)) : [from]
    for (const file of files)
      if (statSync(file).isFile()) await put(file, isFolder ? `${to}${relative(from, file)}` : to)
  } else throw new Error(`not known here: ${plain.slice(0, 2).join(' ')}`)
} catch (error) {
  process.stderr.write(`light aws: ${error.message}\n`)
  process.exitCode = 1
}
