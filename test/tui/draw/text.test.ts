import { expect } from 'chai'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { painter } from '../../../src/tui/draw/paint.ts'
import { CHOSEN, paintRow, type Style } from '../../../src/tui/draw/row.ts'
import { cells, clean, cut, padded, wrap } from '../../../src/tui/draw/text.ts'

const STYLES: readonly Style[] = ['plain', 'strong', 'dim', 'critical', 'warning', 'info', 'good', 'accent', 'title']
// biome-ignore lint/suspicious/noControlCharactersInRegex: what paint adds
const unpainted = (text: string) => text.replaceAll(/\u001b\[[\d;]*m/g, '')
const anyText = fc.string({ unit: 'grapheme', maxLength: 40 })

describe('tui: text', () => {
  it('is as wide as was asked for, whatever is in it', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 30 }), (raw, width) => {
        const text = clean(raw)
        expect(cells(padded(text, width)), 'padded').to.equal(width)
        expect(cells(cut(text, width)), 'cut').to.be.at.most(width)
        if (cells(text) <= width) expect(cut(text, width)).to.equal(text)
      }),
    )
  })

  it('counts columns as the library does where it does not ask it', () => {
    const wrong: string[] = []
    const ranges = [
      [0x20, 0x300],
      [0x2000, 0x2c00],
    ] as const
    for (const code of ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i))) {
      const char = String.fromCharCode(code)
      if (cells(char) !== stringWidth(char)) wrong.push(code.toString(16))
    }
    expect(wrong).to.eql([])
  })

  it('cuts wide characters whole', () => {
    expect(cut('漢字漢字', 5)).to.equal('漢字…')
    expect(cut('漢字漢字', 4)).to.equal('漢…')
    expect(padded('漢字', 6)).to.equal('漢字  ')
    expect(padded('7', 3, 'right')).to.equal('  7')
  })

  it('lets no record steer the terminal: no control, no change of direction', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come through
        expect(clean(text)).to.not.match(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
      }),
    )
    expect(clean('a\u001b[2Jb\u009b31mc\u202ed')).to.equal('a [2Jb 31mc d')
  })

  it('is broken at spaces, and loses none of its words', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 5, max: 40 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width)
          for (const line of lines) expect(line.length).to.be.at.most(width)
          expect(lines.join('').replaceAll(' ', '')).to.equal(words.join(''))
        },
      ),
    )
  })

  it('is painted to the width of the screen, and says the same in any colours', () => {
    const piece = fc.tuple(anyText, fc.constantFrom(...STYLES))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.integer({ min: 1, max: 50 }), fc.boolean(), (pieces, width, chosen) => {
        const row = chosen ? [CHOSEN, ...pieces] : pieces
        const [none, some, many] = ([0, 16, 256] as const).map((colors) => unpainted(paintRow(row, width, painter(colors))))
        expect(cells(none ?? '')).to.equal(width)
        expect([some, many]).to.eql([none, none])
      }),
    )
  })
})
