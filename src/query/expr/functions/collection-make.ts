import { commonType } from '../../types/common-type.ts'
import { deepEqual } from '../../types/compare-value.ts'
import { array, INT, map, notNull, nullable, row, STRING, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { isInteger } from '../../types/type-kind.ts'
import { typeText } from '../../types/type-text.ts'
import { call, castTo, literal } from '../build.ts'
import type { Expr, Generated } from '../expr.ts'
import { type BindContext, emptyValue, type FunctionEntry, type Generator } from './entry.ts'
import { strict } from './strict.ts'

/** Arrays, maps and rows: how they are made and read. A map is a list of pairs (SqlType's table). */

export type Pairs = [unknown, unknown][]

export const elementOf = (expr: Expr | undefined): SqlType => expr?.type.element ?? STRING

/** Values that may be NULL, as one JavaScript list each: `n ? null : v`. */
export const orNull = ({ value, isNull }: Generated): string =>
  isNull === 'false' ? value : isNull === 'true' ? 'null' : `(${isNull} ? null : ${value})`

/** ARRAY[…], MAP[…], ROW(…): never NULL themselves. */
function maker(
  name: string,
  typeOf: (args: readonly Expr[], context: BindContext) => [SqlType, readonly Expr[]],
  js: (items: string[]) => string,
): FunctionEntry {
  return {
    names: [name],
    usage: `${name}[…]`,
    internal: true,
    bind(args, context) {
      const [type, cast] = typeOf(args, context)
      return call(name, notNull(type), cast, context.at)
    },
    generate(bound, gen) {
      const items = bound.args.map((arg) => orNull(gen.expr(arg)))
      const value = gen.code.fresh('v')
      gen.code.line(`const ${value} = ${js(items)}`)
      return { value, isNull: 'false' }
    },
  }
}

export function unified(args: readonly Expr[], what: string, context: BindContext): SqlType {
  const type = commonType(args.map((arg) => arg.type))
  if (!type || type.kind === 'NULL')
    return context.refuse(`${what} has no common type: ${args.map((arg) => typeText(arg.type)).join(', ')}`)
  return type
}

const arrayMaker = maker(
  'ARRAY',
  (args, context) => {
    if (args.length === 0) return context.refuse('ARRAY[] has no element to take its type from', ['CAST(ARRAY[1] AS ARRAY<…>) has one'])
    const element = unified(args, 'ARRAY[…]', context)
    return [array(element), args.map((arg) => castTo(arg, element))]
  },
  (items) => `[${items.join(', ')}]`,
)

const mapMaker = maker(
  'MAP',
  (args, context) => {
    if (args.length === 0) return context.refuse('MAP[] has no entry to take its types from')
    const key = unified(
      args.filter((_, i) => i % 2 === 0),
      'the keys of MAP[…]',
      context,
    )
    const value = unified(
      args.filter((_, i) => i % 2 === 1),
      'the values of MAP[…]',
      context,
    )
    return [map(key, value), args.map((arg, i) => castTo(arg, i % 2 === 0 ? key : value))]
  },
  (items) => `[${items.map((each, i) => (i % 2 === 0 ? `[${each}` : `${each}]`)).join(', ')}]`,
)

const rowMaker = maker(
  'ROW',
  (args, context) => {
    if (args.some((arg) => arg.type.kind === 'NULL')) return context.refuse('a bare NULL in ROW has no type', ['write CAST(NULL AS type)'])
    return [row(args.map((arg, i) => ({ name: `EXPR$${i}`, type: arg.type }))), args]
  },
  (items) => `[${items.join(', ')}]`,
)

/** Later entries replace earlier ones of the same key. */
export function distinctPairs(pairs: Pairs): Pairs {
  const kept: Pairs = []
  for (const pair of pairs) {
    const same = kept.find(([key]) => deepEqual(key, pair[0]))
    if (same) same[1] = pair[1]
    else kept.push([pair[0], pair[1]])
  }
  return kept
}

function lookup(pairs: Pairs, key: unknown): unknown {
  for (const pair of pairs) if (pair[0] === key || (typeof key === 'object' && deepEqual(pair[0], key))) return pair[1]
  return null
}

/** `array[i]` from 1, `map[key]`. */
const item: FunctionEntry = {
  names: ['ITEM'],
  usage: 'array[INT] or map[key]',
  internal: true,
  bind([collection, index], context) {
    if (!collection || !index) return context.refuse('[ ] needs an index')
    const { type } = collection
    if (type.kind === 'ARRAY') {
      if (!isInteger(index.type)) return context.refuse(`the index of an array must be an integer, not ${typeText(index.type)}`)
      if (index.op === 'literal' && Number(index.value) < 1) return context.refuse(`array elements count from 1, not ${index.value}`)
      return call('ITEM', nullable(elementOf(collection)), [collection, index], context.at)
    }
    if (type.kind === 'MAP')
      return call('ITEM', nullable(elementOf(collection)), [collection, castTo(index, type.key as SqlType)], context.at)
    if (type.kind === 'ROW' && index.op === 'literal' && typeof index.value === 'string') return fieldOf(collection, index.value, context)
    return context.refuse(`[ ] reads an ARRAY or a MAP, not ${typeText(type)}`)
  },
  generate(bound, gen) {
    const [collection, index] = bound.args as [Expr, Expr]
    const operands = [gen.expr(collection), gen.expr(index)]
    const js = (values: readonly string[]) =>
      collection.type.kind === 'ARRAY'
        ? `(${values[0]}[${values[1]} - 1] ?? null)`
        : `${gen.code.constant(lookup, 'lookup')}(${values[0]}, ${values[1]})`
    return strict(gen, bound.type, operands, js, { mayBeNull: true })
  },
}

/** Reads a field of a row by name. */
export function fieldOf(operand: Expr, name: string, context: BindContext): Expr {
  const fields = operand.type.fields
  if (!fields) return context.refuse(`${typeText(operand.type)} has no fields, so no '${name}'`)
  const index = fields.findIndex((field) => field.name === name)
  const field = fields[index]
  if (!field) return context.refuse(`the row has no field '${name}'`, [`its fields are ${fields.map((each) => each.name).join(', ')}`])
  const type = withNullable(field.type, operand.type.nullable || field.type.nullable)
  return call('FIELD', type, [operand, literal(index, INT)], context.at)
}

const field: FunctionEntry = {
  names: ['FIELD'],
  usage: 'row.field',
  internal: true,
  bind: (args) => args[0] as Expr,
  generate(bound, gen) {
    const operand = gen.expr(bound.args[0] as Expr)
    const index = (bound.args[1] as { value?: unknown }).value
    const value = gen.code.fresh('v')
    const empty = emptyValue(bound.type)
    gen.code.line(`let ${value} = ${operand.isNull === 'false' ? '' : `${operand.isNull} ? null : `}${operand.value}[${index}]`)
    if (!bound.type.nullable) return { value, isNull: 'false' }
    const isNull = gen.code.fresh('n')
    gen.code.line(`const ${isNull} = ${value} === null`)
    if (empty !== 'null') gen.code.line(`if (${isNull}) ${value} = ${empty}`)
    return { value, isNull }
  },
}

function distinctMap(bound: Parameters<FunctionEntry['generate']>[0], gen: Generator): Generated {
  const made = mapMaker.generate(bound, gen)
  const value = gen.code.fresh('v')
  gen.code.line(`const ${value} = ${gen.code.constant(distinctPairs, 'distinctPairs')}(${made.value})`)
  return { value, isNull: 'false' }
}

export const COLLECTION_MAKERS: readonly FunctionEntry[] = [arrayMaker, { ...mapMaker, generate: distinctMap }, rowMaker, item, field]
