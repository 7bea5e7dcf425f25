import { expect } from 'chai'
import fc from 'fast-check'
import { bar, braille, bucketed, sparkline } from '../../../src/tui/draw/chart.ts'
import { plainOf } from '../../../src/tui/draw/row.ts'
import { headRow, tableRow, widthsOf } from '../../../src/tui/draw/table.ts'
import { cells } from '../../../src/tui/draw/text.ts'

const values = fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })), { maxLength: 60 })

describe('tui: charts', () => {
  it('has a block for each value, lowest to highest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).to.equal('▁▂▃▄▅▆▇█')
    expect(sparkline([5, 5, 5], 5)).to.equal('  ▁▁▁')
    expect(sparkline([1, null, 2], 3)).to.equal('▁ █')
    expect(sparkline([9, 9, 1, 2], 2)).to.equal('▁█')
    expect(sparkline([50, 100], 2, 0)).to.equal('▅█')
    expect(sparkline([], 3)).to.equal('   ')
  })

  it('is as wide and as high as was asked for', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 8 }), (given, width, height) => {
        expect(sparkline(given, width)).to.have.length(width)
        const { lines } = braille(given, width, height)
        expect(lines).to.have.length(height)
        for (const line of lines) expect(line).to.have.length(width)
      }),
    )
  })

  it('draws a line in braille: a rise goes from the bottom left to the top right', () => {
    const { lines, low, high } = braille([0, 1, 2, 3, 4, 5, 6, 7], 4, 2)
    expect(lines).to.eql(['  ⣠⠞', '⣠⠞⠁ '])
    expect([low, high]).to.eql([0, 7])
    expect(braille([null, null], 3, 1).lines).to.eql(['   '])
  })

  it('puts values into equal stretches of time', () => {
    const points = [0, 5, 10, 99].map((at) => ({ at, value: at }))
    expect(bucketed(points, 0, 100, 4)).to.eql([5, null, null, 99])
    expect(bucketed(points, 200, 300, 2)).to.eql([null, null])
  })

  it('shows a part of a whole', () => {
    expect(bar(0.5, 4)).to.equal('██░░')
    expect(bar(7, 3)).to.equal('███')
    expect(bar(-1, 3)).to.equal('░░░')
  })
})

describe('tui: tables', () => {
  const columns = [
    { title: 'Name', grows: true },
    { title: 'N', align: 'right' as const },
    { title: 'More', from: 60 },
  ]

  it('fit the width, leave out what has no room, and keep numbers to the right', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 30 }), fc.nat())), fc.integer({ min: 30, max: 120 }), (rows, width) => {
        const cellRows = rows.map(([name, n]) => [name, String(n), 'more'])
        const widths = widthsOf(columns, cellRows, width)
        for (const row of cellRows) expect(cells(plainOf(tableRow(columns, widths, row)))).to.be.at.most(width)
        expect(widths[2] === 0).to.equal(width < 60)
      }),
    )
    const widths = widthsOf(columns, [['a', '7', '']], 30)
    expect(plainOf(tableRow(columns, widths, ['a', '7', '']))).to.match(/^a {20,}7$/)
  })

  it('say what they are sorted by', () => {
    expect(plainOf(headRow(columns, [6, 3, 0], { column: 0, down: true }))).to.equal('Name ▾    N')
  })
})
