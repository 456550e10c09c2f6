import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { reportPage } from '#cli/report/page'
import { runCommand } from '#local/run-command'
import { aJobRow, at } from '#test/cli/a-job-row'

const jobs = [
  aJobRow({ key: 'sunrise/member/a', startedAt: at(5), endedAt: at(40), costUsd: 0.2 }),
  aJobRow({
    ...{ key: 'sunrise/claims/b', fileType: 'claims', status: 'failed', because: 'ProcessorFailed', costUsd: 0.1 },
    ...{ jobId: 'b1b2b3b4b5b6b7b8b9b0b1b2', instanceId: 'i-0b', endedAt: at(9) },
    findings: [{ code: 'SE01', message: 'counts differ', segment: 3, byte: 40 }],
    history: [{ action: 'retry', who: 'Ana', why: 'asked by the payer', at: at(10) }],
  }),
  aJobRow({ key: 'acme/claims/c', payerId: 'acme', fileType: 'claims', status: 'waiting', because: 'pool-full' }),
  aJobRow({ key: `acme/member/${'long-'.repeat(60)}`, payerId: 'acme', costUsd: 0.3 }),
]
let folder: string
beforeAll(async () => {
  await runCommand({ command: 'chromium', args: ['--version'] }).catch((cause) => {
    throw new Error('No chromium is on the path; on Debian: apt-get install chromium', { cause })
  })
  folder = await mkdtemp(join(tmpdir(), 'mayfly-report-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What a reader does, then what they see; the window is as narrow as chromium has it. */
const seen = async (hash: string, does = ''): Promise<unknown> => {
  const page = await reportPage({ jobs, laneActs: new Map(), where: 'landing', now: Date.parse(at(100)) })
  const look = `const shown = [...document.querySelectorAll('#jobs tbody tr')].filter((row) => row.checkVisibility())
    const told = { keys: shown.map((row) => row.querySelector('summary').textContent.split('/')[2][0]),
      count: document.querySelector('#count').textContent, hash: location.hash, errors,
      tooWide: document.documentElement.scrollWidth > innerWidth }
    document.body.textContent = encodeURIComponent(JSON.stringify(told))`
  const html = page
    .replace(
      '<head>',
      `<head><script>const errors = []; addEventListener('error', (it) => errors.push(it.message))</script>`,
    )
    .replace('</body>', `<script>${does}; ${look}</script></body>`)
  const file = join(folder, 'report.html')
  await writeFile(file, html)
  const flags = ['--headless', '--no-sandbox', '--window-size=500,900', `--user-data-dir=${join(folder, 'browser')}`]
  const dom = await runCommand({ command: 'chromium', args: [...flags, '--dump-dom', `file://${file}${hash}`] })
  return JSON.parse(decodeURIComponent(dom.match(/<body>(.*)<\/body>/s)?.[1] ?? ''))
}
const fine = { errors: [], tooWide: false }

it('shows all files, on any width', async () => {
  expect(await seen('')).toEqual({ ...fine, keys: ['a', 'b', 'c', 'l'], count: '4 of 4 files', hash: '' })
})

it('filters by what its address says', async () => {
  const hash = '#type=claims&status=failed'
  expect(await seen(hash)).toEqual({ ...fine, keys: ['b'], count: '1 of 4 files', hash })
})

it('searches in every column, and remembers it in its address', async () => {
  const does = `const q = document.querySelector('[name=q]'); q.value = 'POOL acme'; q.dispatchEvent(new Event('input', { bubbles: true }))`
  expect(await seen('', does)).toEqual({ ...fine, keys: ['c'], count: '1 of 4 files', hash: '#q=POOL+acme' })
})

it.each([
  { clicks: 1, keys: ['c', 'b', 'a', 'l'] },
  { clicks: 2, keys: ['l', 'a', 'b', 'c'] },
])('sorts by cost after $clicks clicks', async ({ clicks, keys }) => {
  const does = `for (let n = 0; n < ${clicks}; n += 1) document.querySelector('#jobs th:last-child button').click()`
  expect(await seen('', does)).toMatchObject({ ...fine, keys })
})

it.each(['b1b2b3b4b5b6b7b8b9b0b1b2', 'SE01', 'i-0b', 'retry ana', 'asked by the payer'])(
  'finds the file of which a ticket says %s',
  async (words) => {
    const does = `const q = document.querySelector('[name=q]'); q.value = '${words}'; q.dispatchEvent(new Event('input', { bubbles: true }))`
    expect(await seen('', does)).toMatchObject({ ...fine, keys: ['b'] })
  },
)

it('sorts from the keyboard, and says by what and how', async () => {
  const does = `const button = document.querySelector('#jobs th:last-child button'); button.focus(); document.activeElement.click()
    const sorted = [...document.querySelectorAll('#jobs th')].map((th) => th.getAttribute('aria-sort')); errors.push(...sorted.filter(Boolean))`
  expect(await seen('', does)).toMatchObject({ errors: ['ascending'], keys: ['c', 'b', 'a', 'l'] })
})

it('is no wider than its window with every file opened', async () => {
  const does = `for (const each of document.querySelectorAll('#jobs details')) each.open = true`
  expect(await seen('', does)).toMatchObject(fine)
})
