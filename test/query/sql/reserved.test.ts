import { expect } from 'chai'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { reservedWords } from '../../../src/query/sql/reserved.ts'

/** The words that need backticks, from facts about a real Flink, and those that look as if they did. */
const NEED =
  `value time timestamp position offset partition row rank count date result method system user order start end window match interval at
  by prev next lag group limit measures define percent`.split(/\s+/)
const BARE = 'metric target unit status severity type name key level source path data view first last session tumble week days map'.split(
  ' ',
)

const PLACES: readonly ((name: string) => string)[] = [
  (name) => `SELECT t.${name} FROM t`,
  (name) => `SELECT a AS ${name} FROM t`,
  (name) => `SELECT a FROM ${name}`,
  (name) => `SELECT a FROM t AS ${name}`,
  (name) => `CREATE TABLE t (${name} INT)`,
  (name) => `INSERT INTO t (${name}) SELECT 1`,
  (name) => `SELECT * FROM t MATCH_RECOGNIZE (PATTERN (a ${name}) DEFINE a AS TRUE)`,
]

describe('query/sql: reserved words', () => {
  it('are those of Flink', () => {
    expect(reservedWords()).to.have.length(430)
    expect(reservedWords()).to.include.members(NEED.map((word) => word.toUpperCase()))
  })

  it('are refused as bare names with the advice to put backticks, and taken with them', () => {
    for (const word of reservedWords()) {
      for (const place of PLACES) {
        if (word === 'PERMUTE' && place('').includes('PATTERN')) continue
        if (word === 'LATERAL' || word === 'TABLE' || word === 'UNNEST') continue
        const advice = `${word} is a reserved word: as a name it needs backticks, \`${word.toLowerCase()}\``
        expect(() => parseScript(place(word.toLowerCase())), place(word))
          .to.throw()
          .that.satisfies((error: { suggestions?: string[] }) => error.suggestions?.includes(advice))
        parseScript(place(`\`${word}\``))
      }
    }
  })

  it('are refused as columns with that advice even where an expression could begin', () => {
    for (const word of NEED) {
      if (['user'].includes(word)) continue
      expect(() => parseScript(`SELECT ${word}, a FROM t`), word)
        .to.throw()
        .that.satisfies((error: { suggestions?: string[] }) =>
          error.suggestions?.some((advice) => advice.includes(`needs backticks, \`${word}\``)),
        )
    }
  })

  it('are not all that look like one', () => {
    for (const word of BARE) for (const place of [...PLACES, (name: string) => `SELECT ${name}, a ${name} FROM t`]) parseScript(place(word))
  })
})
