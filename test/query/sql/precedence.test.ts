import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Expression } from '../../../src/query/sql/ast.ts'
import { parseExpression } from '../../../src/query/sql/parse-script.ts'
import { printExpression } from '../../../src/query/sql/print-sql.ts'

/** As the fixture has it: the operator, then its operands, in parentheses. */
function prefixed(node: Expression): string {
  const not = 'negated' in node && node.negated ? 'NOT_' : ''
  const call = (operator: string, ...operands: string[]) => `(${[operator.replaceAll(' ', '_'), ...operands].join(' ')})`
  const set = (items: unknown) => `[${(items as Expression[]).map(prefixed).join(' ')}]`
  switch (node.kind) {
    case 'column':
      return node.parts.map(({ name }) => name).join('.')
    case 'number':
      return node.text
    case 'unary':
      if (node.operator === '-' && node.operand.kind === 'number') return `-${node.operand.text}`
      return call(node.operator, prefixed(node.operand))
    case 'operation':
      return call(node.operator, prefixed(node.left), prefixed(node.right))
    case 'is':
      return call(`IS_${not}${node.test}`, prefixed(node.operand))
    case 'isDistinct':
      return call(`IS_${not}DISTINCT_FROM`, prefixed(node.left), prefixed(node.right))
    case 'between':
      return call(`${not}BETWEEN${node.symmetric ? '_SYMMETRIC' : ''}`, ...[node.operand, node.low, node.high].map(prefixed))
    case 'in':
      return call(`${not}IN`, prefixed(node.operand), set(node.set))
    case 'quantified':
      return call(`${node.operator}_${node.quantifier === 'ANY' ? 'SOME' : 'ALL'}`, prefixed(node.operand), set(node.set))
    case 'textMatch':
      return call(`${not}${node.operator}`, ...[node.operand, node.pattern, ...(node.escape ? [node.escape] : [])].map(prefixed))
    case 'call':
      return call(node.name.parts[0]?.name ?? '', ...node.arguments.map((item) => prefixed(item as Expression)))
    case 'element':
      return call('ITEM', prefixed(node.operand), prefixed(node.index))
    default:
      throw new Error(`the fixture has no ${node.kind}`)
  }
}

describe('query/sql: precedence', () => {
  const cases: [string, string][] = JSON.parse(readFileSync(new URL('fixtures/flink-trees.json', import.meta.url), 'utf8'))

  it('is that of Flink, for expressions that its parser has read', () => {
    expect(cases).to.have.lengthOf.at.least(300)
    for (const [source, tree] of cases) expect(prefixed(parseExpression(source)), source).to.equal(tree)
  })

  it('is kept by the printer', () => {
    for (const [source, tree] of cases) expect(prefixed(parseExpression(printExpression(parseExpression(source)))), source).to.equal(tree)
  })

  it('is not guessed where Calcite reads something that nobody means', () => {
    const refused = [
      'a IN (1) + b',
      'a LIKE b LIKE c',
      'a BETWEEN 1 AND 2 IN (b)',
      'a IS NULL + 1',
      'a + NOT b',
      'a IS NULL BETWEEN b AND c = d',
    ]
    for (const source of refused) expect(() => parseExpression(source), source).to.throw(/needs? parentheses/)
    for (const source of ['(a IN (1)) = b', 'a IN (1) = b', '(a LIKE b) LIKE c', '(a IS NULL) BETWEEN b AND c']) parseExpression(source)
  })
})
