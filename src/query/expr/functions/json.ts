import { BOOLEAN, notNull, nullable, STRING } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { typeText } from '../../types/type-text.ts'
import { doubleTo32 } from '../../types/wide-integer.ts'
import { call, castTo, literal } from '../build.ts'
import type { Call, Expr, Generated, Literal } from '../expr.ts'
import { findInJson, type JsonPath, JsonPathError, parseJsonPath } from '../json/path.ts'
import { JsonNumber, JsonSyntaxError, type JsonValue, readJson } from '../json/read-json.ts'
import { numberText, writeJson } from '../json/write-json.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import type { BindContext, FunctionEntry, Generator } from './entry.ts'
import { TEXT } from './parameter.ts'
import { strict } from './strict.ts'

/**
 * SQL/JSON. The binder writes what stands behind the arguments (ON EMPTY, ON ERROR, the wrapper) as literals:
 * JSON_EXISTS(input, path, onError), JSON_VALUE(input, path, onEmpty, default, onError, default), JSON_QUERY(input, path, wrapper, onEmpty, onError).
 */

export const option = (value: string): Literal => literal(value, notNull(STRING))
export const optionOf = (bound: Call, i: number): string => (bound.args[i] as Literal).value as string

function bindInput(args: readonly Expr[], context: BindContext): [Expr, Expr] {
  const [input, path] = args
  if (!input || !path || !TEXT.accept(input.type))
    return context.refuse(`${context.name} reads JSON from a STRING`, ['CAST the value to STRING'])
  if (path.op !== 'literal' || typeof path.value !== 'string')
    return context.refuse(`the path of ${context.name} must be a constant, such as '$.a.b'`)
  try {
    parseJsonPath(path.value)
  } catch (error) {
    if (error instanceof JsonPathError) return context.refuse(error.message)
    throw error
  }
  return [castTo(input, STRING), path]
}

const pathOf = (bound: Call): JsonPath => parseJsonPath(optionOf(bound, 1))
const isScalar = (value: JsonValue): boolean => value === null || !(Array.isArray(value) || value instanceof Map)

const jsonExists: FunctionEntry = {
  names: ['JSON_EXISTS'],
  usage: 'JSON_EXISTS(STRING, path)',
  internal: true,
  bind: (args, context) => call('JSON_EXISTS', nullable(BOOLEAN), [...bindInput(args, context), args[2] as Expr], context.at),
  generate(bound, gen) {
    const path = pathOf(bound)
    const onError = optionOf(bound, 2)
    const run = (text: string): boolean | null => {
      const found = findInJson(text, path)
      if ('value' in found) return found.value !== null
      if (onError === 'ERROR') throw new SqlRuntimeError(`JSON_EXISTS: ${found.error}`)
      return onError === 'UNKNOWN' ? null : onError === 'TRUE'
    }
    return strict(gen, bound.type, [gen.expr(bound.args[0] as Expr)], ([text]) => `${gen.code.constant(run, 'jsonExists')}(${text})`, {
      mayBeNull: true,
    })
  },
}

const EMPTY = Symbol('empty')
const ERROR = Symbol('error')

const jsonValue: FunctionEntry = {
  names: ['JSON_VALUE'],
  usage: 'JSON_VALUE(STRING, path [RETURNING type])',
  internal: true,
  bind: (args, context) => call('JSON_VALUE', STRING, [...bindInput(args, context), ...args.slice(2)], context.at),
  generate(bound, gen) {
    const path = pathOf(bound)
    const [onEmpty, onError] = [optionOf(bound, 2), optionOf(bound, 4)]
    const convert = converter(bound.type)
    const run = (text: string): unknown => {
      const found = findInJson(text, path)
      if ('error' in found) return onError === 'ERROR' ? failed('JSON_VALUE', found.error) : ERROR
      const { value } = found
      if (value === null || (!path.strict && !isScalar(value)))
        return onEmpty === 'ERROR' ? failed('JSON_VALUE', 'there is nothing at the path') : EMPTY
      if (!isScalar(value)) return onError === 'ERROR' ? failed('JSON_VALUE', 'the value is no scalar') : ERROR
      return convert(value)
    }
    return withFallbacks(bound, gen, run, [bound.args[3] as Expr, bound.args[5] as Expr])
  },
}

function failed(name: string, reason: string): never {
  throw new SqlRuntimeError(`${name}: ${reason}`)
}

/** The function gives a value, null, EMPTY or ERROR; the last two stand for the expressions behind DEFAULT. */
function withFallbacks(bound: Call, gen: Generator, run: (text: string) => unknown, [empty, error]: [Expr, Expr]): Generated {
  const input = gen.expr(bound.args[0] as Expr)
  const value = gen.code.fresh('v')
  const js = `${gen.code.constant(run, 'json')}(${input.value})`
  gen.code.line(`let ${value} = ${input.isNull === 'false' ? js : `${input.isNull} ? null : ${js}`}`)
  for (const [marker, fallback] of [
    [EMPTY, empty],
    [ERROR, error],
  ] as const) {
    gen.code.line(`if (${value} === ${gen.code.constant(marker, 'marker')}) {`)
    const other = gen.expr(fallback)
    gen.code.line(`${value} = ${other.isNull === 'false' ? other.value : `${other.isNull} ? null : ${other.value}`}`)
    gen.code.line('}')
  }
  const isNull = gen.code.fresh('n')
  gen.code.line(`const ${isNull} = ${value} === null`)
  return { value, isNull }
}

/** RETURNING: Flink casts in Java, so that a number in quotes is no INT, and 1 is no DOUBLE. */
function converter(type: SqlType): (value: JsonValue) => unknown {
  const wrong = (value: JsonValue) =>
    failed('JSON_VALUE', `${writeJson(value).slice(0, 60)} is not ${typeText(notNull(type)).replace(' NOT NULL', '')}`)
  switch (type.kind) {
    case 'BOOLEAN':
      return (value) => (typeof value === 'boolean' ? value : wrong(value))
    case 'INT':
      return (value) => {
        const number = value instanceof JsonNumber && value.isInteger ? Number(value.text) : Number.NaN
        return doubleTo32(number) === number ? number : wrong(value)
      }
    case 'DOUBLE':
      return (value) => (value instanceof JsonNumber && !value.isInteger ? Number(value.text) : wrong(value))
    default:
      return (value) => (value instanceof JsonNumber ? numberText(value) : String(value))
  }
}

const RETURNING: readonly string[] = ['CHAR', 'VARCHAR', 'BOOLEAN', 'INT', 'DOUBLE']

export function checkReturning(type: SqlType, context: BindContext): SqlType {
  if (RETURNING.includes(type.kind)) return type
  return context.refuse(`JSON_VALUE cannot return ${typeText(nullable(type))}; it returns STRING, BOOLEAN, INT and DOUBLE`, [
    'use CAST(JSON_VALUE(…) AS type)',
  ])
}

const jsonQuery: FunctionEntry = {
  names: ['JSON_QUERY'],
  usage: 'JSON_QUERY(STRING, path)',
  internal: true,
  bind: (args, context) => call('JSON_QUERY', STRING, [...bindInput(args, context), ...args.slice(2)], context.at),
  generate(bound, gen) {
    const path = pathOf(bound)
    const [wrapper, onEmpty, onError] = [optionOf(bound, 2), optionOf(bound, 3), optionOf(bound, 4)]
    const isArray = bound.type.kind === 'ARRAY'
    const fallback = (behaviour: string, reason: string): unknown => {
      if (behaviour === 'ERROR') failed('JSON_QUERY', reason)
      if (behaviour === 'NULL') return null
      return isArray ? [] : behaviour === 'EMPTY ARRAY' ? '[]' : '{}'
    }
    const run = (text: string): unknown => {
      const found = findInJson(text, path)
      if ('error' in found) return fallback(onError, found.error)
      const value = wrapped(found.value, wrapper)
      if (value === null || (!path.strict && isScalar(value))) return fallback(onEmpty, 'there is nothing at the path')
      if (isScalar(value)) return fallback(onError, 'the value is a scalar')
      return isArray ? texts(value) : writeJson(value)
    }
    return strict(gen, bound.type, [gen.expr(bound.args[0] as Expr)], ([text]) => `${gen.code.constant(run, 'jsonQuery')}(${text})`, {
      mayBeNull: true,
    })
  },
}

function wrapped(value: JsonValue, wrapper: string): JsonValue {
  if (wrapper === 'UNCONDITIONAL') return [value]
  return wrapper === 'CONDITIONAL' && isScalar(value) ? [value] : value
}

/** RETURNING ARRAY<STRING>. */
function texts(value: JsonValue): unknown {
  if (!Array.isArray(value)) return null
  return value.map((item) =>
    item === null ? null : typeof item === 'string' ? item : item instanceof JsonNumber ? numberText(item) : writeJson(item),
  )
}

const isJson: FunctionEntry = {
  names: ['IS_JSON'],
  usage: 'STRING IS JSON',
  internal: true,
  bind([operand, kind], context) {
    if (!operand || !TEXT.accept(operand.type)) return context.refuse('IS JSON looks at a STRING')
    return call('IS_JSON', notNull(BOOLEAN), [castTo(operand, STRING), kind as Expr], context.at)
  },
  generate(bound, gen) {
    const kind = optionOf(bound, 1)
    const operand = gen.expr(bound.args[0] as Expr)
    const value = gen.code.fresh('v')
    const js = `${gen.code.constant((text: string) => isJsonText(text, kind), 'isJson')}(${operand.value})`
    gen.code.line(`const ${value} = ${operand.isNull === 'false' ? js : `!${operand.isNull} && ${js}`}`)
    return { value, isNull: 'false' }
  },
}

function isJsonText(text: string, kind: string): boolean {
  try {
    const value = readJson(text)
    if (kind === 'OBJECT') return value instanceof Map
    if (kind === 'ARRAY') return Array.isArray(value)
    return kind === 'SCALAR' ? isScalar(value) : true
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false
    throw error
  }
}

export const JSON_READERS: readonly FunctionEntry[] = [jsonExists, jsonValue, jsonQuery, isJson]
