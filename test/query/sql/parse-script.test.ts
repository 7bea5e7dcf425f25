import { expect } from 'chai'
import type { Node } from '../../../src/query/sql/ast.ts'
import { parseExpression, parseScript } from '../../../src/query/sql/parse-script.ts'
import { EXAMPLES, REFUSED } from './examples.ts'
import { withoutPlaces } from './without-places.ts'

/** All nodes of a tree, each with the one it is in. */
function* nodes(root: Node, parent?: Node): Generator<[Node, Node | undefined]> {
  yield [root, parent]
  for (const [key, value] of Object.entries(root)) {
    if (key === 'at' || typeof value !== 'object' || value === null) continue
    for (const child of Array.isArray(value) ? value : [value]) if (typeof child === 'object') yield* nodes(child, root)
  }
}

describe('query/sql: parsing', () => {
  for (const [construct, sources] of Object.entries(EXAMPLES)) {
    it(`knows ${construct}, and where each part stands`, () => {
      for (const source of sources) {
        const script = parseScript(source)
        expect(script.statements).to.not.be.empty
        for (const [node, parent] of nodes(script)) {
          const { start, end } = node.at
          expect(start.offset, source).to.be.at.most(end.offset)
          const before = source.slice(0, start.offset).split('\n')
          expect([start.line, start.column]).to.deep.equal([before.length, (before.at(-1)?.length ?? 0) + 1])
          // A bound that was not written has the place of the other.
          if (parent)
            expect([start.offset >= parent.at.start.offset, end.offset <= parent.at.end.offset], source).to.deep.equal([true, true])
        }
      }
    })
  }

  it('refuses what Flink refuses, and only with a syntax error', () => {
    for (const source of REFUSED)
      expect(() => parseScript(source), source)
        .to.throw()
        .with.property('code', 'SHITOPS_E_SQL_SYNTAX')
  })

  it('gives each node its own text', () => {
    const source = 'SELECT a +\n  f(b, 1)  AS c FROM t'
    const [query] = parseScript(source).statements
    if (query?.kind !== 'query' || query.body.kind !== 'select') throw new Error('not a SELECT')
    const [item] = query.body.items
    if (item?.kind !== 'selectItem' || item.expression.kind !== 'operation') throw new Error('not a sum')
    const text = ({ at }: Node) => source.slice(at.start.offset, at.end.offset)
    expect(text(item)).to.equal('a +\n  f(b, 1)  AS c')
    expect(text(item.expression.right)).to.equal('f(b, 1)')
    expect(item.expression.right.at.start).to.deep.equal({ offset: 13, line: 2, column: 3 })
  })

  it('reads one thing that is written in two ways as one tree', () => {
    const same = (one: string, other: string) => {
      expect(withoutPlaces(parseScript(one)), one).to.deep.equal(withoutPlaces(parseScript(other)))
    }
    same('SELECT a FROM t LIMIT 5', 'SELECT ALL a FROM t FETCH FIRST 5 ROWS ONLY')
    same('SELECT SUBSTRING(a FROM 1 FOR 2), TRIM(a)', 'SELECT SUBSTRING(a, 1, 2), TRIM(BOTH FROM a)')
    same('SELECT (a, b)', 'SELECT ROW(a, b)')
    same('CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED)', 'CREATE TABLE t (a INTEGER, PRIMARY KEY (a) NOT ENFORCED)')
    same('SELECT SUM(a) OVER (ORDER BY b ROWS 3 PRECEDING)', 'SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)')
    same('BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END;', 'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END')
    same("SELECT 'a'\n'b', INTERVAL '2' HOURS", "SELECT 'ab', INTERVAL '2' HOUR")
    same('SELECT a FROM t -- WHERE b', '/* all */ SELECT `a` FROM t;')
  })

  it('keeps names as they are written', () => {
    expect(withoutPlaces(parseExpression('Ünï.`x y`.`a``b`'))).to.deep.equal({
      kind: 'column',
      parts: ['Ünï', 'x y', 'a`b'].map((name) => ({ kind: 'identifier', name })),
    })
  })

  it('reads a script that has nothing in it', () => {
    for (const source of ['', ' ;; ', '-- nothing', '/* nothing */']) expect(parseScript(source).statements).to.deep.equal([])
  })
})
