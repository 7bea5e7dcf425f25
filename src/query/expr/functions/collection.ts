import { commonType } from '../../types/common-type.ts'
import { compareValues, deepEqual } from '../../types/compare-value.ts'
import { array, BOOLEAN, INT, map, notNull, nullable, row, STRING, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { isInteger } from '../../types/type-kind.ts'
import { typeText } from '../../types/type-text.ts'
import { anyNullable, call, castTo, literal } from '../build.ts'
import type { Expr, Generated } from '../expr.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import { type BindContext, emptyValue, type FunctionEntry, type Generator } from './entry.ts'
import { parameter, SMALL, TEXT } from './parameter.ts'
import { type SimpleFunction, simple } from './simple.ts'
import { strict } from './strict.ts'

/** Arrays, maps and rows: how they are made, read and changed. A map is a list of pairs (SqlType's table). */

type Pairs = [unknown, unknown][]

const ARRAY = parameter('ARRAY', array(INT), (type) => (type.kind === 'ARRAY' ? type : undefined))
const MAP = parameter('MAP', map(STRING, STRING), (type) => (type.kind === 'MAP' ? type : undefined))
const COLLECTION_OF = parameter('ARRAY, MAP or MULTISET', array(INT), (type) =>
  ['ARRAY', 'MAP', 'MULTISET'].includes(type.kind) ? type : undefined,
)

const elementOf = (expr: Expr | undefined): SqlType => expr?.type.element ?? STRING

/** Values that may be NULL, as one JavaScript list each: `n ? null : v`. */
const orNull = ({ value, isNull }: Generated): string =>
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

function unified(args: readonly Expr[], what: string, context: BindContext): SqlType {
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
function distinctPairs(pairs: Pairs): Pairs {
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

/** A function of an array and one element, which may be NULL. */
function withElement(
  name: string,
  result: (args: readonly Expr[]) => SqlType,
  run: (list: unknown[], element: unknown) => unknown,
): FunctionEntry {
  return {
    names: [name],
    usage: `${name}(ARRAY, element)`,
    bind([list, element], context) {
      if (!list || !element || list.type.kind !== 'ARRAY') return context.refuse(`${name} takes an ARRAY and an element`)
      const common = commonType([elementOf(list), element.type])
      if (!common) return context.refuse(`${name}: an element of ${typeText(list.type)} cannot be ${typeText(element.type)}`)
      const grown = result([list]).kind === 'ARRAY' && name !== 'ARRAY_REMOVE'
      const type = grown ? array(common) : result([list])
      return call(
        name,
        withNullable(type, list.type.nullable),
        [castTo(list, withNullable(array(common), list.type.nullable)), castTo(element, common)],
        context.at,
      )
    },
    generate(bound, gen) {
      const [list, element] = bound.args.map((arg) => gen.expr(arg)) as [Generated, Generated]
      return strict(gen, bound.type, [list], ([values]) => `${gen.code.constant(run, name.toLowerCase())}(${values}, ${orNull(element)})`)
    },
  }
}

const has = (list: readonly unknown[], element: unknown): boolean => list.some((each) => deepEqual(each, element))
const distinct = (list: readonly unknown[]): unknown[] => list.filter((each, i) => list.findIndex((other) => deepEqual(each, other)) === i)

function arrays(name: string, run: (...lists: unknown[][]) => unknown, variadic = false): FunctionEntry {
  return {
    names: [name],
    usage: `${name}(ARRAY, ARRAY${variadic ? ', …' : ''})`,
    bind(args, context) {
      if (args.length === 0 || (!variadic && args.length !== 2) || args.some((arg) => arg.type.kind !== 'ARRAY'))
        return context.refuse(`${name} takes ${variadic ? 'ARRAYs' : 'two ARRAYs'}`)
      const type = unified(args, name, context)
      return call(
        name,
        withNullable(type, anyNullable(args)),
        args.map((arg) => castTo(arg, type)),
        context.at,
      )
    },
    generate: (bound, gen: Generator) =>
      strict(
        gen,
        bound.type,
        bound.args.map((arg) => gen.expr(arg)),
        (values) => `${gen.code.constant(run, name.toLowerCase())}(${values.join(', ')})`,
      ),
  }
}

function extreme(list: readonly unknown[], sign: number): unknown {
  let best: unknown = null
  for (const each of list) if (each !== null && (best === null || compareValues(each, best) * sign > 0)) best = each
  return best
}

function sorted(list: readonly unknown[], ascending = true, nullsFirst = ascending): unknown[] {
  const values = list.filter((each) => each !== null).sort((a, b) => compareValues(a, b) * (ascending ? 1 : -1))
  const nulls = list.filter((each) => each === null)
  return nullsFirst ? [...nulls, ...values] : [...values, ...nulls]
}

function sliced(list: readonly unknown[], from: number, to = list.length): unknown[] {
  const start = from < 0 ? list.length + from : from > 0 ? from - 1 : 0
  const end = to < 0 ? list.length + to + 1 : to === 0 ? 1 : to
  return start < 0 || start >= end ? [] : list.slice(start, end)
}

function only(list: readonly unknown[]): unknown {
  if (list.length > 1) throw new SqlRuntimeError('ELEMENT: the array has more than one element')
  return list[0] ?? null
}

const ofArray = (name: string, spec: Omit<SimpleFunction, 'names'>): FunctionEntry => simple({ names: [name], ...spec })
const same = (args: readonly Expr[]): SqlType => args[0]?.type as SqlType
const BOOLEAN_PARAMETER = parameter('BOOLEAN', BOOLEAN, (type) => (type.kind === 'BOOLEAN' ? type : undefined))

const element: FunctionEntry = {
  ...ofArray('ELEMENT', { parameters: [ARRAY], result: (args) => elementOf(args[0]), run: only, mayBeNull: true }),
  bind(args, context) {
    const bound = ofArray('ELEMENT', { parameters: [ARRAY], result: (each) => elementOf(each[0]), run: only }).bind(args, context)
    return { ...bound, type: withNullable(bound.type, elementOf(args[0]).nullable || bound.type.nullable) }
  },
}

export const COLLECTION: readonly FunctionEntry[] = [
  arrayMaker,
  { ...mapMaker, generate: distinctMap },
  rowMaker,
  item,
  field,
  element,
  ofArray('CARDINALITY', { parameters: [COLLECTION_OF], result: INT, inline: ([list]) => `${list}.length` }),
  withElement('ARRAY_CONTAINS', () => BOOLEAN, has),
  withElement('ARRAY_APPEND', same, (list, each) => [...list, each]),
  withElement('ARRAY_PREPEND', same, (list, each) => [each, ...list]),
  withElement('ARRAY_REMOVE', same, (list, each) => list.filter((other) => !deepEqual(other, each))),
  withElement(
    'ARRAY_POSITION',
    () => INT,
    (list, each) => list.findIndex((other) => deepEqual(other, each)) + 1,
  ),
  arrays('ARRAY_CONCAT', (...lists) => lists.flat(1), true),
  arrays('ARRAY_UNION', (a, b) => distinct([...(a as unknown[]), ...(b as unknown[])])),
  arrays('ARRAY_EXCEPT', (a, b) => except(a as unknown[], b as unknown[])),
  arrays('ARRAY_INTERSECT', (a, b) => distinct((a as unknown[]).filter((each) => has(b as unknown[], each)))),
  ofArray('ARRAY_DISTINCT', { parameters: [ARRAY], result: same, run: distinct }),
  ofArray('ARRAY_REVERSE', { parameters: [ARRAY], result: same, run: (list: unknown[]) => [...list].reverse() }),
  ofArray('ARRAY_SLICE', { parameters: [ARRAY, SMALL, SMALL], required: 2, result: same, run: sliced }),
  ofArray('ARRAY_SORT', { parameters: [ARRAY, BOOLEAN_PARAMETER, BOOLEAN_PARAMETER], required: 1, result: same, run: sorted }),
  ofArray('ARRAY_MAX', {
    parameters: [ARRAY],
    result: (args) => elementOf(args[0]),
    mayBeNull: true,
    run: (list: unknown[]) => extreme(list, 1),
  }),
  ofArray('ARRAY_MIN', {
    parameters: [ARRAY],
    result: (args) => elementOf(args[0]),
    mayBeNull: true,
    run: (list: unknown[]) => extreme(list, -1),
  }),
  ofArray('ARRAY_JOIN', {
    parameters: [ARRAY, TEXT, TEXT],
    required: 2,
    result: STRING,
    run: (list: (string | null)[], by: string, forNull?: string) =>
      list
        .map((each) => each ?? forNull ?? null)
        .filter((each) => each !== null)
        .join(by),
  }),
  ofArray('MAP_KEYS', {
    parameters: [MAP],
    result: (args) => array(args[0]?.type.key as SqlType),
    run: (pairs: Pairs) => pairs.map(([key]) => key),
  }),
  ofArray('MAP_VALUES', {
    parameters: [MAP],
    result: (args) => array(elementOf(args[0])),
    run: (pairs: Pairs) => pairs.map(([, value]) => value),
  }),
  ofArray('MAP_ENTRIES', {
    parameters: [MAP],
    result: (args) =>
      array(
        row([
          { name: 'key', type: args[0]?.type.key as SqlType },
          { name: 'value', type: elementOf(args[0]) },
        ]),
      ),
    run: (pairs: Pairs) => pairs.map(([key, value]) => [key, value]),
  }),
  ofArray('MAP_FROM_ARRAYS', {
    parameters: [ARRAY, ARRAY],
    result: (args) => map(elementOf(args[0]), elementOf(args[1])),
    run: mapFromArrays,
  }),
  { ...arrays('MAP_UNION', () => null), ...mapUnion() },
]

function except(a: readonly unknown[], b: readonly unknown[]): unknown[] {
  const left = [...b]
  return a.filter((each) => {
    const at = left.findIndex((other) => deepEqual(each, other))
    if (at < 0) return true
    left.splice(at, 1)
    return false
  })
}

function mapFromArrays(keys: readonly unknown[], values: readonly unknown[]): Pairs {
  if (keys.length !== values.length) throw new SqlRuntimeError(`MAP_FROM_ARRAYS: ${keys.length} keys but ${values.length} values`)
  return distinctPairs(keys.map((key, i) => [key, values[i]]))
}

function distinctMap(bound: Parameters<FunctionEntry['generate']>[0], gen: Generator): Generated {
  const made = mapMaker.generate(bound, gen)
  const value = gen.code.fresh('v')
  gen.code.line(`const ${value} = ${gen.code.constant(distinctPairs, 'distinctPairs')}(${made.value})`)
  return { value, isNull: 'false' }
}

function mapUnion(): Pick<FunctionEntry, 'bind' | 'generate'> {
  const run = (...maps: Pairs[]) => distinctPairs(maps.flat(1))
  return {
    bind(args, context) {
      if (args.length === 0 || args.some((arg) => arg.type.kind !== 'MAP')) return context.refuse('MAP_UNION takes MAPs')
      const type = unified(args, 'MAP_UNION', context)
      return call(
        'MAP_UNION',
        withNullable(type, anyNullable(args)),
        args.map((arg) => castTo(arg, type)),
        context.at,
      )
    },
    generate: (bound, gen) =>
      strict(
        gen,
        bound.type,
        bound.args.map((arg) => gen.expr(arg)),
        (values) => `${gen.code.constant(run, 'mapUnion')}(${values.join(', ')})`,
      ),
  }
}
