import { expect } from 'chai'
import { ShitopsError } from '../../../src/base/errors.ts'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { SqlSyntaxError } from '../../../src/query/sql/syntax-error.ts'

function errorOf(source: string): SqlSyntaxError {
  try {
    parseScript(source)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return error
    throw error
  }
  throw new Error(`no error: ${source}`)
}

describe('query/sql: errors', () => {
  it('have the place, what is there, what could be, and a caret', () => {
    const error = errorOf('SELECT a\nFROM t\n  WHERE a >= ) 3')
    expect(error).to.be.instanceOf(ShitopsError).with.property('code', 'SHITOPS_E_SQL_SYNTAX')
    expect(error.message).to.equal('line 3:14: found ")", expected an expression\n    WHERE a >= ) 3\n               ^')
    expect(error.at).to.deep.equal({ start: { offset: 29, line: 3, column: 14 }, end: { offset: 30, line: 3, column: 15 } })
    expect(error.found).to.equal(')')
  })

  it('name the keywords that could stand there', () => {
    expect(errorOf('INSERT t SELECT 1').message).to.contain('found t, expected OVERWRITE or INTO')
    expect(errorOf('SELECT CASE WHEN a THEN b FROM t').message).to.contain(
      'found the reserved word FROM, expected ELSE, END or an operator',
    )
    expect(errorOf('SELECT 1 +').message).to.contain('found the end of the script, expected an expression')
    expect(errorOf("DROP TABLE 'x'").message).to.contain("found the string 'x', expected a name")
  })

  it('say which keyword was meant, also where it was read as an alias', () => {
    const meant: [string, string][] = [
      ['SELCT a FROM t', 'did you mean SELECT?'],
      ['CRAETE TABLE t (a INT)', 'did you mean CREATE?'],
      ['SELECT a FORM t', 'did you mean FROM where FORM stands?'],
      ['SELECT a FROM t GRUOP BY a', 'did you mean GROUP where GRUOP stands?'],
      ['SELECT a FROM t ORDR BY a', 'did you mean ORDER where ORDR stands?'],
      ["CREATE TABLE t (a INT METADATA FROM 'x' VIRTAUL)", 'did you mean VIRTUAL?'],
      ['CREATE TABLE t (a INT) PARTITOINED BY (a)', 'did you mean PARTITIONED?'],
    ]
    for (const [source, advice] of meant) expect(errorOf(source).suggestions, source).to.include(advice)
  })

  it('say how Flink writes what other databases have', () => {
    expect(errorOf('SELECT a FROM t WHERE a != 1').suggestions).to.deep.equal(['Flink SQL writes it as <>'])
    expect(errorOf('SELECT "a" FROM t').suggestions).to.include('names that need quotes have backticks: `name`')
    expect(errorOf('SELECT a FROM t MINUS SELECT b FROM u').suggestions).to.deep.equal(['write EXCEPT'])
    expect(errorOf('SELECT ‘a’').suggestions[0]).to.contain('word processor')
    expect(errorOf('SELECT * FROM 2nd').suggestions[0]).to.contain('`2nd`')
    expect(errorOf('ALTER TABLE t RENAME TO u').message).to.contain('ALTER is a statement of Flink that shitops does not take')
    expect(errorOf('SET a.b = c').message).to.contain("a key in single quotes, as in SET 'table.exec.state.ttl'")
  })

  it('point at the beginning of what is not closed', () => {
    expect(errorOf("SELECT 1,\n 'abc").message).to.contain('line 2:2: the string that starts here has no closing quote')
    expect(errorOf('SELECT `abc').message).to.contain('line 1:8: the name that starts here has no closing backtick')
    expect(errorOf('SELECT 1 /* abc').message).to.contain('line 1:10: the comment that starts here has no closing */')
    expect(errorOf('SELECT /*+ abc').message).to.contain('line 1:8: the hint that starts here has no closing */')
  })

  it('stay short and printable whatever the script is', () => {
    const error = errorOf(`SELECT ${'a, '.repeat(100_000)}\u001b[2J'x`)
    expect(error.message.length).to.be.below(400)
    expect(error.message).to.not.contain('\u001b')
    expect(errorOf(`SELECT a '${'x'.repeat(100_000)}'`).message.length).to.be.below(400)
    const tabbed = errorOf('SELECT\ta\tFROM\tt )').message.split('\n')
    expect(tabbed[2]).to.equal('        \t \t    \t  ^')
  })

  it('refuse what would go too deep, and what is too long a chain', () => {
    for (const opening of ['(', 'f(', 'NOT ', '- ', 'ARRAY[', '(SELECT ', 'CASE WHEN ', 'a + (', 'a IN (', 'CAST(']) {
      expect(errorOf(`SELECT ${opening.repeat(100_000)}`).message, opening).to.contain('nested more than 150 deep')
    }
    expect(errorOf(`SELECT CAST(a AS ${'ARRAY<'.repeat(10_000)}`).message).to.contain('nested more than')
    expect(errorOf(`SELECT * FROM ${'('.repeat(10_000)}`).message).to.contain('nested more than')
    expect(errorOf(`SELECT * FROM t MATCH_RECOGNIZE (PATTERN (${'('.repeat(10_000)}`).message).to.contain('nested more than')
    expect(errorOf(`SELECT a${' + a'.repeat(10_000)}`).message).to.contain('operators build on each other')
    expect(errorOf(`SELECT a FROM t${' UNION ALL SELECT a FROM t'.repeat(10_000)}`).message).to.contain('operators build on each other')
    expect(errorOf(`SELECT a${'[1]'.repeat(10_000)}`).message).to.contain('operators build on each other')
    expect(
      parseScript(`SELECT ${'('.repeat(100)}a${')'.repeat(100)}${' + a'.repeat(1_000)}, ${'a, '.repeat(10_000)} a`).statements,
    ).to.have.length(1)
  })
})
