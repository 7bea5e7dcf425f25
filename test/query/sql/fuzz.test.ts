import { expect } from 'chai'
import fc from 'fast-check'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { printScript } from '../../../src/query/sql/print-sql.ts'
import { SqlSyntaxError } from '../../../src/query/sql/syntax-error.ts'
import { EXAMPLES } from './examples.ts'
import { withoutPlaces } from './without-places.ts'

/** More by hand: SQL_RUNS=100000. */
const RUNS = Number(process.env.SQL_RUNS ?? 2_000)
const SOURCES = Object.values(EXAMPLES).flat()
const PIECES = SOURCES.flatMap((source) => source.match(/\w+|'[^']*'|\s+|./g) ?? [])

const source = fc.constantFrom(...SOURCES)
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 }))
/** A script with pieces cut out, put in, or doubled. */
const mutated = fc
  .tuple(source, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 12 }), piece), { minLength: 1, maxLength: 4 }))
  .map(([script, edits]) =>
    edits.reduce((text, [at, cut, put]) => {
      const from = at % (text.length + 1)
      return text.slice(0, from) + put + text.slice(from + cut)
    }, script),
  )

/** Parses or gives the one error; what parses is printed and parsed again. */
function survives(text: string): boolean {
  try {
    const tree = parseScript(text)
    expect(withoutPlaces(parseScript(printScript(tree)))).to.deep.equal(withoutPlaces(tree))
    return true
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error
    expect(error.message).to.match(/^line \d+:\d+: /)
    return false
  }
}

describe('query/sql: fuzz', () => {
  it('mutated scripts give a tree or a syntax error, and nothing else', () => {
    let parsed = 0
    fc.assert(
      fc.property(mutated, (text) => {
        if (survives(text)) parsed++
      }),
      { numRuns: RUNS },
    )
    expect(parsed).to.be.above(RUNS / 50)
  })

  it('so do words in any order', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (words) => {
        survives(words.join(''))
      }),
      { numRuns: RUNS },
    )
  })

  it('a tree that was printed is never refused', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        let printed: string
        try {
          printed = printScript(parseScript(text))
        } catch {
          return
        }
        parseScript(printed)
      }),
      { numRuns: RUNS },
    )
  })
})
