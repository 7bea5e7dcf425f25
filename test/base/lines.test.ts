import { expect } from 'chai'
import fc from 'fast-check'
import { type Line, readLines } from '../../src/base/lines.ts'

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const to = Math.min(cut, bytes.length)
    yield bytes.subarray(from, to)
    from = to
  }
  yield bytes.subarray(from)
}

async function linesOf(text: string, cuts: readonly number[] = [], maxBytes?: number): Promise<Line[]> {
  const lines: Line[] = []
  for await (const batch of readLines(inPieces(Buffer.from(text), cuts), maxBytes)) lines.push(...batch)
  return lines
}

describe('the lines of a stream', () => {
  it('are the same however the bytes arrive', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'))),
        fc.array(fc.nat(60)),
        async (texts, cuts) => {
          const lines = await linesOf(texts.map((text) => `${text}\n`).join(''), cuts)
          expect(lines).to.deep.equal(texts.map((text, i) => ({ number: i + 1, text })))
        },
      ),
    ))

  it('may end without a newline', async () => {
    expect(await linesOf('a\nb')).to.deep.equal([
      { number: 1, text: 'a' },
      { number: 2, text: 'b' },
    ])
    expect(await linesOf('')).to.deep.equal([])
  })

  it('pass over one that is too long, and go on', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(80)), async (cuts) => {
        const lines = await linesOf(`short\n${'x'.repeat(50)}\nshort again\n${'y'.repeat(50)}`, cuts, 20)
        expect(lines.map(({ text }) => text)).to.deep.equal(['short', null, 'short again', null])
        expect(lines.map(({ number }) => number)).to.deep.equal([1, 2, 3, 4])
      }),
    ))
})
