import { describe, expect, it } from 'vitest'
import { type Look, type WatchOptions, watched } from '#cli/screen/watched'

/** What is written while what is looked at is first one, then the next; the last is the end of it. */
const writtenOf = async (
  looks: readonly Partial<Look>[],
  interactive: boolean,
  options: WatchOptions = { watch: 0.1 },
) => {
  const texts: string[] = []
  const write = (text: string) => void texts.push(text)
  const shown = { width: 20, height: 4, colour: false, interactive }
  let n = 0
  const look = async (): Promise<Look> => {
    const given = looks[n++]
    return { value: n, lines: () => [], over: n === looks.length, ...given }
  }
  await watched(options, look, { write, look: () => shown })
  return texts
}

const waits = (seconds: number, value = 'waits') => ({ value, lines: () => [`waits for ${seconds} s`] })

describe('a watch that is piped', () => {
  it('is silent while only time passes', async () => {
    const texts = await writtenOf([waits(1), waits(2), waits(3, 'runs')], false)
    expect(texts).toEqual(['waits for 1 s\n', 'waits for 3 s\n'])
  })

  it('tells changes alone where they are known', async () => {
    const looks = [['a waits', 'b waits'], [], ['a runs']].map((news, n) => ({ ...waits(n), changes: () => news }))
    expect(await writtenOf(looks, false)).toEqual(['a waits\nb waits\n', 'a runs\n'])
  })

  it('says once that there is nothing', async () => {
    const looks = [[], [], ['a waits']].map((news) => ({ value: [], lines: () => ['No jobs.'], changes: () => news }))
    expect(await writtenOf(looks, false)).toEqual(['No jobs.\n', 'a waits\n'])
  })

  it('is a line of JSON for each change with --json', async () => {
    const texts = await writtenOf([waits(1), waits(2), waits(3, 'runs')], false, { watch: 0.1, json: true })
    expect(texts).toEqual(['"waits"\n', '"runs"\n'])
  })
})

describe('a watch on a terminal', () => {
  it('leaves a row to the cursor and says what it hides', async () => {
    const asked: number[] = []
    const lines = ({ height }: { height: number }) => {
      asked.push(height)
      return ['a', 'b', 'c', 'd']
    }
    expect(await writtenOf([{ lines }], true)).toEqual(['\x1b[H\x1b[Ja\nb\n… 2 more lines\n'])
    expect(asked).toEqual([3])
  })
})

describe('a single look', () => {
  it('is as long as it is: a terminal scrolls', async () => {
    const lines = ({ height }: { height: number }) => [`${height}`, 'b', 'c', 'd', 'e']
    expect(await writtenOf([{ lines }], true, {})).toEqual(['Infinity\nb\nc\nd\ne\n'])
  })
})
