import { describe, expect, it } from 'vitest'
import { changeLines, redrawnTable } from '#cli/demo/demo-screen'
import { aJobRow, at } from '#test/cli/a-job-row'

const now = Date.parse(at(30))
const waiting = aJobRow({ status: 'waiting', because: 'member-file-missing' })
const running = aJobRow({ status: 'running', instanceId: 'i-1' })

const written = () => {
  const texts: string[] = []
  return { texts, write: (text: string) => void texts.push(text) }
}

describe('what a demo shows', () => {
  it('is one line for each change when piped', () => {
    const { texts, write } = written()
    const screen = changeLines(write)
    for (const job of [waiting, waiting, running, aJobRow({ endedAt: at(5) })]) screen.show([job], now)
    expect(texts.map((text) => text.replace(/^.{8,19} {2}/, ''))).toEqual([
      'sunrise/member/a.834  waiting  member-file-missing\n',
      'sunrise/member/a.834  running  i-1\n',
      'sunrise/member/a.834  succeeded  after 5 s\n',
    ])
  })

  it('says nothing of what is known already', () => {
    const { texts, write } = written()
    changeLines(write, [waiting]).show([waiting], now)
    expect(texts).toEqual([])
  })

  it('is drawn anew in its place, no higher than the window', () => {
    const { texts, write } = written()
    const screen = redrawnTable(write, () => ({ width: 80, height: 6, colour: false, interactive: true }))
    const jobs = Array.from({ length: 9 }, (_, i) => ({ ...running, jobId: String(i) }))
    screen.show(jobs, now)
    screen.show(jobs, now)
    expect(texts[0]?.split('\n')).toHaveLength(5)
    expect(texts[0]).toMatch(/… 7 more: 7 running\n$/)
    expect(texts[1]?.startsWith('\x1b[4A\x1b[J')).toBe(true)
  })
})
