import { commonType } from '../../types/common-type.ts'
import { moduloType, productType, quotientType, sumType } from '../../types/decimal-type.ts'
import * as decimals from '../../types/decimal-value.ts'
import { DOUBLE, INT, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { decimalShape, isApproximate, isDecimal, isExact, isInteger, isInterval, isNumeric, isWide } from '../../types/type-kind.ts'
import { typeText } from '../../types/type-text.ts'
import * as wides from '../../types/wide-integer.ts'
import { anyNullable, call, castTo } from '../build.ts'
import type { Call, Expr, Generated } from '../expr.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import type { BindContext, FunctionEntry, Generator } from './entry.ts'
import { strict } from './strict.ts'
import { bindTimeArithmetic } from './time-arithmetic.ts'

type Operator = '+' | '-' | '*' | '/' | '%'

/** Thrown by generated code through a call, so that the code stays small. */
export function divisionByZero(): never {
  throw new SqlRuntimeError('division by zero')
}

const SLOW = { '+': wides.add64, '-': wides.subtract64, '*': wides.multiply64, '/': wides.divide64, '%': wides.modulo64 }
const DECIMAL = {
  '+': decimals.decimalAdd,
  '-': decimals.decimalSubtract,
  '*': decimals.decimalMultiply,
  '/': decimals.decimalDivide,
  '%': decimals.decimalModulo,
}
const DECIMAL_TYPE = { '+': sumType, '-': sumType, '*': productType, '/': quotientType, '%': moduloType }

function operator(name: string, sign: Operator): FunctionEntry {
  return {
    names: sign === '%' ? [name, '%'] : [name],
    usage: sign === '%' ? 'MOD(EXACT_NUMERIC, EXACT_NUMERIC)' : `NUMERIC ${sign} NUMERIC`,
    internal: sign !== '%',
    bind(args, context) {
      const [left, right] = args
      if (!left || !right || args.length > 2) return context.refuse(`${context.name} takes 2 arguments, not ${args.length}`)
      const ofTime = bindTimeArithmetic(sign, left, right, context)
      if (ofTime) return ofTime
      return bindNumbers(name, sign, left, right, context)
    },
    generate: (bound, gen) => generate(bound, sign, gen),
  }
}

function bindNumbers(name: string, sign: Operator, left: Expr, right: Expr, context: BindContext): Expr {
  const fits = sign === '%' ? isExact : isNumeric
  if (!fits(left.type) || !fits(right.type)) {
    const what = `${typeText(left.type)} ${sign} ${typeText(right.type)}`
    const need = sign === '%' ? 'integers or DECIMALs' : 'numbers'
    return context.refuse(`${context.name} needs ${need}, not ${what}`, [
      'put a CAST around the operand that is none, also around a bare NULL',
    ])
  }
  const isNullable = anyNullable([left, right])
  if (isDecimal(left.type) || isDecimal(right.type)) {
    if (isApproximate(left.type) || isApproximate(right.type)) {
      return call(name, withNullable(DOUBLE, isNullable), [castTo(left, DOUBLE), castTo(right, DOUBLE)], context.at)
    }
    const shapes = [decimalShape(left.type), decimalShape(right.type)] as const
    const whole = sign === '%' && shapes[0][1] === 0 && shapes[1][1] === 0
    const type = whole ? right.type : DECIMAL_TYPE[sign](...shapes)
    return call(name, withNullable(type, isNullable), [left, right], context.at)
  }
  // MOD of integers has the type of the divisor, everything else that of the wider operand.
  const common = commonType([left.type, right.type]) as SqlType
  const type = sign === '%' ? right.type : common
  return call(name, withNullable(type, isNullable), [castTo(left, common), castTo(right, common)], context.at)
}

function generate(bound: Call, sign: Operator, gen: Generator): Generated {
  const [left, right] = bound.args as [Expr, Expr]
  const operands = [gen.expr(left), gen.expr(right)]
  if (isDecimal(left.type) || isDecimal(right.type)) return decimalCode(bound, sign, operands, gen)
  if (isApproximate(bound.type)) {
    const round = bound.type.kind === 'FLOAT' ? (js: string) => `Math.fround(${js})` : (js: string) => js
    return strict(gen, bound.type, operands, ([a, b]) => round(`${a} ${sign} ${b}`), { total: true })
  }
  if (isWide(left.type)) return wideCode(bound, sign, operands, gen)
  return strict(gen, bound.type, operands, ([a, b]) => smallCode(bound.type, sign, a as string, b as string, gen), {
    total: sign !== '/' && sign !== '%',
  })
}

/** TINYINT, SMALLINT, INT, and intervals of months: 32-bit and narrower, wrapping. */
function smallCode(type: SqlType, sign: Operator, a: string, b: string, gen: Generator): string {
  const zero = () => `(${b} === 0 ? ${gen.code.constant(divisionByZero, 'divisionByZero')}() : ${a} ${sign} ${b})`
  const raw = sign === '*' ? `Math.imul(${a}, ${b})` : sign === '/' || sign === '%' ? zero() : `${a} ${sign} ${b}`
  return narrow(type, raw)
}

/** The lowest bits of a 32-bit number. */
export function narrow(type: SqlType, js: string): string {
  if (type.kind === 'TINYINT') return `(${js}) << 24 >> 24`
  if (type.kind === 'SMALLINT') return `(${js}) << 16 >> 16`
  return `(${js}) | 0`
}

/** BIGINT: numbers while the result is a safe integer, else the slow path. */
function wideCode(bound: Call, sign: Operator, operands: Generated[], gen: Generator): Generated {
  const slow = gen.code.constant(SLOW[sign], 'wide')
  const [a, b] = operands.map((operand) => operand.value) as [string, string]
  const divides = sign === '/' || sign === '%'
  const result = gen.code.fresh('w')
  gen.code.line(`let ${result} = 0`)
  const isNull = strictGuard(gen, operands)
  if (divides) gen.code.line(`if (${b} === 0) ${gen.code.constant(divisionByZero, 'divisionByZero')}()`)
  const fast = sign === '/' ? `Math.trunc(${a} / ${b}) + 0` : `${a} ${sign} ${b} + 0`
  const safe = sign === '/' || sign === '%' ? '' : ` && (${result} = ${fast}, Number.isSafeInteger(${result}))`
  gen.code.line(`if (!(${areNumbers(bound, a, b)}${safe})) ${result} = ${slow}(${a}, ${b})`)
  if (divides) gen.code.line(`else ${result} = ${fast}`)
  if (isNull !== 'false') gen.code.line('}')
  const value = narrowResult(bound, result, gen)
  return { value, isNull }
}

/** Opens `if (not NULL) {` where an operand can be NULL; gives the name of the condition. */
function strictGuard(gen: Generator, operands: Generated[]): string {
  const parts = operands.map((operand) => operand.isNull).filter((isNull) => isNull !== 'false')
  if (parts.length === 0) return 'false'
  const name = gen.code.fresh('n')
  gen.code.line(`const ${name} = ${parts.join(' || ')}`)
  gen.code.line(`if (!${name}) {`)
  return name
}

function areNumbers(bound: Call, a: string, b: string): string {
  const [left, right] = bound.args as [Expr, Expr]
  const tests = [left, right].map((arg, i) =>
    arg.op === 'literal' && typeof arg.value === 'number' ? '' : `typeof ${i ? b : a} === 'number'`,
  )
  return tests.filter((test) => test !== '').join(' && ') || 'true'
}

/** MOD(bigint, int) is an INT. */
function narrowResult(bound: Call, result: string, gen: Generator): string {
  if (isWide(bound.type) || isInterval(bound.type)) return result
  const value = gen.code.fresh('v')
  gen.code.line(`const ${value} = ${narrow(bound.type, `${gen.code.constant(wides.low32, 'low32')}(${result})`)}`)
  return value
}

function decimalCode(bound: Call, sign: Operator, operands: Generated[], gen: Generator): Generated {
  const [left, right] = bound.args as [Expr, Expr]
  const [p1, s1] = decimalShape(left.type)
  const [p2, s2] = decimalShape(right.type)
  const [precision, scale] = decimalShape(bound.type)
  const divides = sign === '/' || sign === '%'
  const simpleSum = (sign === '+' || sign === '-') && s1 === s2 && scale === s1 && Math.max(p1, p2) < precision && precision <= 15
  if (simpleSum) return strict(gen, bound.type, operands, ([a, b]) => `${a} ${sign} ${b}`, { total: true })
  if (sign === '*' && scale === s1 + s2 && p1 + p2 <= 15)
    return strict(gen, bound.type, operands, ([a, b]) => `${a} * ${b} + 0`, { total: true })
  const run = gen.code.constant(DECIMAL[sign], 'decimal')
  const zero = gen.code.constant(divisionByZero, 'divisionByZero')
  const build = ([a, b]: readonly string[]) => {
    const js = `${run}(${a}, ${s1}, ${b}, ${s2}, ${precision}, ${scale})`
    return divides ? `${b} === 0 ? ${zero}() : ${js}` : js
  }
  return strict(gen, bound.type, operands, (values) => `(${build(values)})`, { mayBeNull: true })
}

const negate: FunctionEntry = {
  names: ['NEGATE'],
  usage: '- NUMERIC',
  internal: true,
  bind([operand], context) {
    if (!operand) return context.refuse('- needs an operand')
    const typed = operand.type.kind === 'NULL' ? castTo(operand, INT) : operand
    if (!isNumeric(typed.type) && !isInterval(typed.type)) return context.refuse(`- needs a number, not ${typeText(typed.type)}`)
    return call('NEGATE', typed.type, [typed], context.at)
  },
  generate(bound, gen) {
    const operand = gen.expr(bound.args[0] as Expr)
    const { type } = bound
    const build = ([a]: readonly string[]) => {
      if (isApproximate(type)) return `-${a}`
      if (!isWide(type)) return isInteger(type) ? narrow(type, `-${a}`) : `0 - ${a}`
      const slow = type.kind === 'BIGINT' ? wides.negate64 : (value: wides.Wide) => wides.wide(-BigInt(value))
      return `(typeof ${a} === 'number' ? 0 - ${a} : ${gen.code.constant(slow, 'negate')}(${a}))`
    }
    return strict(gen, type, [operand], build)
  },
}

export const ARITHMETIC: readonly FunctionEntry[] = [
  operator('PLUS', '+'),
  operator('MINUS', '-'),
  operator('TIMES', '*'),
  operator('DIVIDE', '/'),
  operator('MOD', '%'),
  negate,
]
