import { roundType } from '../../types/decimal-type.ts'
import * as decimals from '../../types/decimal-value.ts'
import { DOUBLE, decimal, STRING } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { decimalShape, isApproximate, isDecimal } from '../../types/type-kind.ts'
import { absolute64, type Wide } from '../../types/wide-integer.ts'
import type { Call, Expr } from '../expr.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import type { FunctionEntry } from './entry.ts'
import { NUMBER, REAL, SMALL, TEXT, WHOLE } from './parameter.ts'
import { type SimpleFunction, simple } from './simple.ts'

const SAME = (args: readonly Expr[]): SqlType => args[0]?.type as SqlType
const shape = (bound: Call, i = 0): [number, number] => decimalShape((bound.args[i] as Expr).type)

/** A function of doubles. */
function real(names: string[], js: (...values: string[]) => string, parameters: SimpleFunction['parameters'] = [REAL]): FunctionEntry {
  return simple({ names, parameters, result: DOUBLE, inline: (values) => js(...values), total: true })
}

function log(base: number, value: number): number {
  return Math.log(value) / Math.log(base)
}

function roundDouble(value: number, digits: number): number {
  if (!Number.isFinite(value)) throw new SqlRuntimeError(`cannot round ${value}`)
  return fixed(value, digits, decimals.decimalRound)
}

function truncateDouble(value: number, digits: number): number {
  if (!Number.isFinite(value)) throw new SqlRuntimeError(`cannot truncate ${value}`)
  return fixed(value, digits, decimals.decimalTruncate)
}

/** By the shortest decimal text of the double, as BigDecimal.valueOf has it. */
function fixed(value: number, digits: number, operation: typeof decimals.decimalRound): number {
  if (digits >= 17 || Math.abs(value) >= 1e22) return digits >= 0 ? value : fixedBig(value, digits, operation)
  return fixedBig(value, digits, operation)
}

function fixedBig(value: number, digits: number, operation: typeof decimals.decimalRound): number {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (!match) return value
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const scale = fraction.length - Number(exponent)
  const unscaled = BigInt(`${sign}${whole}${fraction}`)
  const scaled = scale < 0 ? unscaled * decimals.power10(-scale) : unscaled
  const result = operation(scaled, Math.max(0, scale), digits, Math.max(0, digits), 400)
  return result === null ? value : Number(decimals.decimalText(result, Math.max(0, digits)))
}

function rounding(
  name: string,
  ofDecimal: typeof decimals.decimalRound,
  ofDouble: (value: number, digits: number) => number,
): FunctionEntry {
  return simple({
    names: [name],
    parameters: [NUMBER, SMALL],
    required: 1,
    result([value, digits]) {
      const type = value?.type as SqlType
      if (!isDecimal(type)) return type
      if (!digits) return roundType(decimalShape(type), 0)
      return digits.op === 'literal' && digits.value !== null ? roundType(decimalShape(type), digits.value as number) : type
    },
    mayBeNull: false,
    inline([value, digits = '0'], bound, gen) {
      const type = (bound.args[0] as Expr).type
      if (isApproximate(type)) {
        const js = `${gen.code.constant(ofDouble, name.toLowerCase())}(${value}, ${digits})`
        return type.kind === 'FLOAT' ? `Math.fround(${js})` : js
      }
      const [, scale] = decimalShape(type)
      const [precision, toScale] = decimalShape(bound.type)
      const js = `${gen.code.constant(ofDecimal, name.toLowerCase())}(${value}, ${scale}, ${digits}, ${toScale}, ${precision})`
      if (isDecimal(type)) return js
      return type.kind === 'BIGINT' ? js : `(${js} | 0)`
    },
  })
}

/** V8 rounds e^1 better inside of cosh than Java does. */
function cosh(value: number): number {
  const e = Math.E + Number.EPSILON * 2
  return Math.abs(value) === 1 ? 0.5 * e + 0.5 / e : Math.cosh(value)
}

function signOf(value: Wide): number {
  return value > 0 ? 1 : value < 0 ? -1 : 0
}

/** FLOOR and CEIL of a number; those of a time are in time.ts. */
function toWhole(name: string, ofDouble: string, ofDecimal: (value: Wide, scale: number) => Wide): FunctionEntry {
  return simple({
    names: name === 'CEIL' ? ['CEIL', 'CEILING'] : [name],
    parameters: [NUMBER],
    result: ([value]) => {
      const type = value?.type as SqlType
      return isDecimal(type) ? decimal(type.precision, 0) : type
    },
    inline([value], bound, gen) {
      const type = (bound.args[0] as Expr).type
      if (isApproximate(type)) return `${ofDouble}(${value})`
      if (!isDecimal(type)) return value as string
      return `${gen.code.constant(ofDecimal, name.toLowerCase())}(${value}, ${type.scale ?? 0})`
    },
  })
}

const binary64 = (value: Wide): string => BigInt.asUintN(64, BigInt(value)).toString(2)

function hex(value: Wide | string): string {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('hex').toUpperCase()
  return BigInt.asUintN(64, BigInt(value)).toString(16).toUpperCase()
}

export const MATH: readonly FunctionEntry[] = [
  simple({
    names: ['ABS'],
    parameters: [NUMBER],
    result: SAME,
    inline([value], bound, gen) {
      const type = bound.type
      if (type.kind === 'BIGINT')
        return `(typeof ${value} === 'number' ? Math.abs(${value}) : ${gen.code.constant(absolute64, 'abs')}(${value}))`
      if (isDecimal(type)) return `(${value} < 0 ? -${value} : ${value})`
      if (isApproximate(type)) return `Math.abs(${value})`
      const bits = type.kind === 'TINYINT' ? ' << 24 >> 24' : type.kind === 'SMALLINT' ? ' << 16 >> 16' : ' | 0'
      return `Math.abs(${value})${bits}`
    },
  }),
  simple({
    names: ['SIGN'],
    parameters: [NUMBER],
    result: SAME,
    inline([value], bound, gen) {
      if (isApproximate(bound.type)) return `Math.sign(${value})`
      const sign = `${gen.code.constant(signOf, 'sign')}(${value})`
      return isDecimal(bound.type) ? `${gen.code.constant(decimals.rescale, 'rescale')}(${sign}, 0, ${shape(bound)[1]})` : sign
    },
  }),
  toWhole('FLOOR', 'Math.floor', decimals.decimalFloor),
  toWhole('CEIL', 'Math.ceil', decimals.decimalCeil),
  rounding('ROUND', decimals.decimalRound, roundDouble),
  rounding('TRUNCATE', decimals.decimalTruncate, truncateDouble),
  real(['POWER'], (a, b) => `Math.pow(${a}, ${b})`, [REAL, REAL]),
  real(['SQRT'], (a) => `Math.sqrt(${a})`),
  real(['EXP'], (a) => `Math.exp(${a})`),
  real(['LN'], (a) => `Math.log(${a})`),
  real(['LOG10'], (a) => `Math.log10(${a})`),
  simple({ names: ['LOG2'], parameters: [REAL], result: DOUBLE, run: (value: number) => log(2, value) }),
  simple({
    names: ['LOG'],
    parameters: [REAL, REAL],
    required: 1,
    result: DOUBLE,
    run: (a: number, b?: number) => (b === undefined ? Math.log(a) : log(a, b)),
  }),
  real(['SIN'], (a) => `Math.sin(${a})`),
  real(['COS'], (a) => `Math.cos(${a})`),
  real(['TAN'], (a) => `Math.tan(${a})`),
  real(['COT'], (a) => `1 / Math.tan(${a})`),
  real(['ASIN'], (a) => `Math.asin(${a})`),
  real(['ACOS'], (a) => `Math.acos(${a})`),
  real(['ATAN'], (a) => `Math.atan(${a})`),
  real(['ATAN2'], (a, b) => `Math.atan2(${a}, ${b})`, [REAL, REAL]),
  real(['SINH'], (a) => `Math.sinh(${a})`),
  simple({ names: ['COSH'], parameters: [REAL], result: DOUBLE, run: cosh }),
  real(['TANH'], (a) => `Math.tanh(${a})`),
  real(['DEGREES'], (a) => `${a} * (180 / Math.PI)`),
  real(['RADIANS'], (a) => `${a} / 180 * Math.PI`),
  real(['PI'], () => 'Math.PI', []),
  real(['E'], () => 'Math.E', []),
  simple({ names: ['BIN'], parameters: [WHOLE], result: STRING, run: binary64 }),
  simple({
    names: ['HEX'],
    parameters: [{ text: 'INTEGER or STRING', accept: (type) => WHOLE.accept(type) ?? TEXT.accept(type) }],
    result: STRING,
    run: hex,
  }),
]
