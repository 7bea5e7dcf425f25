import { expect } from 'chai'
import fc from 'fast-check'
import { forEachLine, type LineBlock, lineBlocks } from '../../../src/query/json/lines.ts'

function linesOf(bytes: Buffer): { lines: string[]; rest: string } {
  const lines: string[] = []
  const rest = forEachLine(bytes, 0, bytes.length, (start, end) => lines.push(bytes.toString('utf8', start, end)))
  return { lines, rest: bytes.toString('utf8', rest) }
}

async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function blocksOf(text: string, sizes: readonly number[], maxBytes?: number): Promise<LineBlock[]> {
  const blocks: LineBlock[] = []
  for await (const block of lineBlocks(pieces(Buffer.from(text), sizes), maxBytes)) blocks.push(block)
  return blocks
}

describe('lines of NDJSON', () => {
  it('end with a newline, with or without a return; empty ones are none', () => {
    expect(linesOf(Buffer.from('a\nb\r\n\n\r\n c \nrest'))).to.deep.equal({ lines: ['a', 'b', ' c '], rest: 'rest' })
    expect(linesOf(Buffer.from(''))).to.deep.equal({ lines: [], rest: '' })
  })

  it('of a part of a buffer are those that end in it', () => {
    const bytes = Buffer.from('aa\nbb\ncc\n')
    const lines: string[] = []
    expect(forEachLine(bytes, 3, 7, (start, end) => lines.push(bytes.toString('utf8', start, end)))).to.equal(6)
    expect(lines).to.deep.equal(['bb'])
  })

  it('come whole however the bytes arrive, and say where they stand', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '\r', '"'), maxLength: 9 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }),
        fc.boolean(),
        async (texts, sizes, ended) => {
          const text = texts.join('\n') + (ended ? '\n' : '')
          const blocks = await blocksOf(text, sizes)
          const joined = Buffer.concat(blocks.map(({ bytes }) => bytes)).toString()
          expect(joined).to.equal(text === '' || text.endsWith('\n') ? text : `${text}\n`)
          for (const { bytes, offset } of blocks) {
            expect(bytes.at(-1)).to.equal(0x0a)
            expect(
              Buffer.from(`${text}\n`)
                .subarray(offset, offset + bytes.length)
                .equals(bytes),
            ).to.equal(true)
          }
        },
      ),
    )
  })

  it('that are too long are cut off and said to be, and the next one is read', async () => {
    const blocks = await blocksOf(`one\n${'x'.repeat(100)}\ntwo\n${'y'.repeat(50)}`, [7], 20)
    const said = blocks.map(({ bytes, offset, tooLong }) => [bytes.toString(), offset, tooLong ?? false])
    expect(said.filter(([, , tooLong]) => tooLong)).to.deep.equal([
      ['x'.repeat(20), 4, true],
      ['y'.repeat(20), 109, true],
    ])
    expect(said.filter(([, , tooLong]) => !tooLong).map(([text, offset]) => [text, offset])).to.deep.equal([
      ['one\n', 0],
      ['two\n', 105],
    ])
  })
})
