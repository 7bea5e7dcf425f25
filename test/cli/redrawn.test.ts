import { expect } from 'chai'
import { Redrawn } from '../../src/cli/redrawn.ts'

/** How many rows a terminal goes up before it writes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
const rowsUp = (written: string | undefined) => Number(/^\u001b\[(\d+)A/.exec(written ?? '')?.[1] ?? 0)

describe('a block of lines that is drawn anew', () => {
  function block(columns?: () => number | undefined) {
    const written: string[] = []
    return { drawn: new Redrawn((text) => written.push(text), columns), up: () => rowsUp(written.at(-1)) }
  }

  it('begins where the one before began', () => {
    const { drawn, up } = block()
    drawn.draw(['a', 'b', 'c'])
    expect(up()).to.equal(0)
    drawn.draw(['a'])
    expect(up()).to.equal(3)
    expect(drawn.makeRoom()).to.equal(true)
    expect(up()).to.equal(1)
    expect(drawn.makeRoom()).to.equal(false)
    drawn.draw(['a'])
    expect(up()).to.equal(0)
  })

  it('takes with it the rows that its lines were broken into when the terminal became narrower', () => {
    let columns = 40
    const { drawn, up } = block(() => columns)
    const lines = ['x'.repeat(40), '', `\u001b[1m${'y'.repeat(20)}\u001b[22m`]
    drawn.draw(lines)
    drawn.draw(lines)
    expect(up()).to.equal(3)
    columns = 15
    drawn.draw(['z'])
    expect(up(), '40 columns are three rows, none is one, 20 are two').to.equal(6)
    drawn.draw(['z'])
    expect(up()).to.equal(1)
    columns = 80
    drawn.draw(['z'])
    expect(up()).to.equal(1)
  })

  it('takes a line for a row where the terminal says no size', () => {
    const { drawn, up } = block(() => 0)
    drawn.draw(['x'.repeat(500)])
    drawn.draw([])
    expect(up()).to.equal(1)
  })
})
