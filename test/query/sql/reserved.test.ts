import { expect } from 'chai'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { reservedWords } from '../../../src/query/sql/reserved.ts'
import { SqlSyntaxError } from '../../../src/query/sql/syntax-error.ts'

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
  (name) => `SELECT * FROM t MATCH_RECOGNIZE (PATTERN (a) DEFINE ${name} AS TRUE)`,
]

/** These begin something where a name is meant, so that the error is about what is missing behind them. */
const BEGINS = new Set(['CONSTRAINT', 'PRIMARY', 'WATERMARK', 'LATERAL', 'TABLE', 'UNNEST', 'SELECT', 'WITH', 'VALUES'])

const adviceFor = (word: string) => `${word.toUpperCase()} is a reserved word: as a name it needs backticks, \`${word.toLowerCase()}\``

function errorOf(source: string): SqlSyntaxError | undefined {
  try {
    parseScript(source)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return error
    throw error
  }
  return undefined
}

describe('query/sql: reserved words', () => {
  it('are those of Flink', () => {
    expect(reservedWords()).to.have.length(429)
    expect(reservedWords()).to.include.members(NEED.map((word) => word.toUpperCase()))
  })

  it('are refused as bare names with the advice to put backticks, and taken with them', () => {
    for (const word of reservedWords()) {
      for (const place of PLACES) {
        const error = errorOf(place(word.toLowerCase()))
        expect(error, place(word)).to.be.instanceOf(SqlSyntaxError)
        if (!BEGINS.has(word)) expect(error?.suggestions, place(word)).to.include(adviceFor(word))
        parseScript(place(`\`${word}\``))
      }
    }
  })

  it('are refused as columns with that advice even where an expression could begin', () => {
    for (const word of NEED) {
      if (word !== 'user') expect(errorOf(`SELECT ${word}, a FROM t`)?.suggestions, word).to.include(adviceFor(word))
    }
  })

  it('are not all that look like one', () => {
    for (const word of BARE) for (const place of [...PLACES, (name: string) => `SELECT ${name}, a ${name} FROM t`]) parseScript(place(word))
  })
})
