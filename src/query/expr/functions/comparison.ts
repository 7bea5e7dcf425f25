import { commonType } from '../../types/common-type.ts'
import { compareText, deepEqual, equalMaps } from '../../types/compare-value.ts'
import { BOOLEAN, STRING, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { isBinary, isNumeric, isTemporal, isText } from '../../types/type-kind.ts'
import { typeText } from '../../types/type-text.ts'
import { anyNullable, call, castTo, isLiteral } from '../build.ts'
import type { Expr, Literal } from '../expr.ts'
import type { BindContext, FunctionEntry, Generator } from './entry.ts'
import { named, strict } from './strict.ts'

/** Two operands as one type that can be compared; refused where Flink has no implicit conversion. */
export function comparable(left: Expr, right: Expr, sign: string, context: BindContext): [Expr, Expr] {
  const type = comparedAs(left.type, right.type)
  if (!type || (sign !== '=' && sign !== '<>' && !hasOrder(type))) {
    return context.refuse(`${typeText(left.type)} ${sign} ${typeText(right.type)} cannot be compared`, [castHint(left.type, right.type)])
  }
  return [asCompared(left, type), asCompared(right, type)]
}

function comparedAs(a: SqlType, b: SqlType): SqlType | undefined {
  if (a.kind === 'NULL') return b.kind === 'NULL' ? STRING : b
  if (b.kind === 'NULL') return a
  if (isTemporal(a) && isText(b)) return a
  if (isText(a) && isTemporal(b)) return b
  if ((a.kind === 'DATE') !== (b.kind === 'DATE')) return undefined
  return commonType([a, b])
}

/** Text is compared as it is: no padding, no cut. */
function asCompared(expr: Expr, type: SqlType): Expr {
  return isText(type) && isText(expr.type) ? expr : isBinary(type) && isBinary(expr.type) ? expr : castTo(expr, type)
}

function castHint(left: SqlType, right: SqlType): string {
  const target = isText(left) ? right : left
  return `write CAST(… AS ${typeText(withNullable(target, true))}) around one of them`
}

const hasOrder = (type: SqlType): boolean => !['ARRAY', 'MAP', 'MULTISET', 'ROW'].includes(type.kind)

/** JavaScript of a comparison of two values of that type. */
export function compareCode(type: SqlType, sign: string, a: string, b: string, gen: Generator): string {
  const js = sign === '=' ? '===' : sign === '<>' ? '!==' : sign
  if (sign === '=' || sign === '<>') {
    if (type.kind === 'MAP' || type.kind === 'MULTISET')
      return `${sign === '=' ? '' : '!'}${gen.code.constant(equalMaps, 'equalMaps')}(${a}, ${b})`
    if (isBinary(type) || !hasOrder(type)) return `${sign === '=' ? '' : '!'}${gen.code.constant(deepEqual, 'deepEqual')}(${a}, ${b})`
    return `${a} ${js} ${b}`
  }
  if (isText(type)) return `${gen.code.constant(compareText, 'compareText')}(${a}, ${b}) ${js} 0`
  if (isBinary(type)) return `${gen.code.constant(Buffer.compare, 'compareBytes')}(${a}, ${b}) ${js} 0`
  return `${a} ${js} ${b}`
}

function comparison(name: string, sign: string): FunctionEntry {
  return {
    names: [name],
    usage: `ANY ${sign} ANY`,
    internal: true,
    bind([left, right], context) {
      if (!left || !right) return context.refuse(`${sign} needs two operands`)
      const operands = comparable(left, right, sign, context)
      return call(name, withNullable(BOOLEAN, anyNullable(operands)), operands, context.at)
    },
    generate(bound, gen) {
      const [left, right] = bound.args as [Expr, Expr]
      const operands = [gen.expr(left), gen.expr(right)]
      // Values of NULL are null or '' or 0: === and < are total on them, calls are not.
      return strict(gen, bound.type, operands, ([a, b]) => compareCode(left.type, sign, a as string, b as string, gen), {
        total: isNumeric(left.type) || isTemporal(left.type) || left.type.kind === 'BOOLEAN',
      })
    },
  }
}

function distinct(name: string, negated: boolean): FunctionEntry {
  return {
    names: [name],
    usage: `ANY IS ${negated ? 'NOT ' : ''}DISTINCT FROM ANY`,
    internal: true,
    bind([left, right], context) {
      if (!left || !right) return context.refuse('IS DISTINCT FROM needs two operands')
      return call(name, withNullable(BOOLEAN, false), comparable(left, right, '=', context), context.at)
    },
    generate(bound, gen) {
      const [left, right] = bound.args as [Expr, Expr]
      const a = gen.expr(left)
      const b = gen.expr(right)
      const value = gen.code.fresh('v')
      const equal = compareCode(left.type, '=', a.value, b.value, gen)
      const same =
        a.isNull === 'false' && b.isNull === 'false' ? equal : `${a.isNull} || ${b.isNull} ? ${a.isNull} && ${b.isNull} : ${equal}`
      gen.code.line(`const ${value} = ${negated ? same : `!(${same})`}`)
      return { value, isNull: 'false' }
    },
  }
}

const SET_FROM = 6

/** `x IN (literals)`: args are x and the literals, all of one type. The binder writes OR for anything else. */
const inList: FunctionEntry = {
  names: ['IN'],
  usage: 'ANY IN (ANY, …)',
  internal: true,
  bind: (args, context) => call('IN', withNullable(BOOLEAN, anyNullable(args)), args, context.at),
  generate(bound, gen) {
    const [operand, ...items] = bound.args as [Expr, ...Expr[]]
    const values = items.filter(isLiteral).map((item) => item.value)
    const hasNull = values.includes(null)
    const known = values.filter((value) => value !== null)
    const code = strict(
      gen,
      bound.type,
      [gen.expr(operand)],
      ([x]) =>
        known.length >= SET_FROM
          ? `${gen.code.constant(new Set(known), 'set')}.has(${x})`
          : `(${items
              .filter((item) => (item as Literal).value !== null)
              .map((item) => `${x} === ${gen.expr(item).value}`)
              .join(' || ')})`,
      { total: true },
    )
    return hasNull
      ? { value: code.value, isNull: named(gen, code.isNull === 'false' ? `! ${code.value}` : `${code.isNull} || !${code.value}`) }
      : code
  },
}

export const COMPARISON: readonly FunctionEntry[] = [
  comparison('EQUALS', '='),
  comparison('NOT_EQUALS', '<>'),
  comparison('LESS_THAN', '<'),
  comparison('LESS_THAN_OR_EQUAL', '<='),
  comparison('GREATER_THAN', '>'),
  comparison('GREATER_THAN_OR_EQUAL', '>='),
  distinct('IS_DISTINCT_FROM', false),
  distinct('IS_NOT_DISTINCT_FROM', true),
  inList,
]
