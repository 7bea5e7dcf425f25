import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { fileBlocks } from '../../../src/query/json/file-blocks.ts'

describe('blocks of a file', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'shitops-blocks-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  async function blocksOf(text: string, firstBytes: number, maxBytes?: number) {
    const path = join(folder, 'lines.ndjson')
    writeFileSync(path, text)
    const blocks: Array<{ text: string; offset: number; tooLong: boolean }> = []
    // Copied at once: the next block is read over it.
    for await (const { bytes, offset, tooLong } of fileBlocks(path, maxBytes, firstBytes))
      blocks.push({ text: bytes.toString(), offset, tooLong: tooLong ?? false })
    return blocks
  }

  it('hold whole lines, whatever is read at once, and say where they stand', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '"'), maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 40 }), fc.boolean(), async (lines, firstBytes, ended) => {
        const text = lines.join('\n') + (ended ? '\n' : '')
        const blocks = await blocksOf(text, firstBytes)
        expect(blocks.map((block) => block.text).join('')).to.equal(text === '' || text.endsWith('\n') ? text : `${text}\n`)
        for (const block of blocks) {
          expect(block.text.endsWith('\n')).to.equal(true)
          expect(`${text}\n`.slice(block.offset, block.offset + block.text.length)).to.equal(block.text)
        }
      }),
    )
  })

  it('are cut off where a line is too long, and go on behind it', async () => {
    for (const firstBytes of [1, 7, 16, 1000]) {
      const blocks = await blocksOf(`one\n${'x'.repeat(3000)}\ntwo\n${'y'.repeat(50)}`, firstBytes, 20)
      const cut = blocks.filter(({ tooLong }) => tooLong).map(({ text, offset }) => [text, offset])
      const whole = blocks.filter(({ tooLong }) => !tooLong)
      expect(cut).to.deep.include(['x'.repeat(20), 4])
      expect(whole.map(({ text }) => text).join('')).to.match(/^one\ntwo\n(y{50}\n)?$/)
      expect(whole.find(({ text }) => text.startsWith('two'))?.offset).to.equal(3005)
    }
  })
})
