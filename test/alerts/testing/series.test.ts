import { expect } from 'chai'
import { expandSeries, GAP } from '../../../src/alerts/testing/series.ts'

describe('a series', () => {
  for (const [text, values] of [
    ['5', [5]],
    ['5x3', [5, 5, 5, 5]],
    ['1+2x3', [1, 3, 5, 7]],
    ['10-1x2', [10, 9, 8]],
    ['0.1+0.1x2', [0.1, 0.2, 0.3]],
    ['-2.5x1', [-2.5, -2.5]],
    ['1 _ 2 _x2 3', [1, GAP, 2, GAP, GAP, 3]],
    ['callx2 idle', ['call', 'call', 'call', 'idle']],
    ['c-1 c-2', ['c-1', 'c-2']],
    ['true false null', [true, false, null]],
    ['', []],
  ] as const) {
    it(`"${text}"`, () => expect(expandSeries(text)).to.deep.equal(values))
  }
})
