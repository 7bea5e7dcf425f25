import { commonType } from '../../types/common-type.ts'
import { compareValues, deepEqual } from '../../types/compare-value.ts'
import { array, BOOLEAN, INT, map, row, STRING, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { typeText } from '../../types/type-text.ts'
import { anyNullable, call, castTo } from '../build.ts'
import type { Expr, Generated } from '../expr.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import { distinctPairs, elementOf, orNull, type Pairs, unified } from './collection-make.ts'
import type { FunctionEntry, Generator } from './entry.ts'
import { parameter, SMALL, TEXT } from './parameter.ts'
import { type SimpleFunction, simple } from './simple.ts'
import { strict } from './strict.ts'

/** Arrays, maps and rows: how they are made, read and changed. A map is a list of pairs (SqlType's table). */

const ARRAY = parameter('ARRAY', array(INT), (type) => (type.kind === 'ARRAY' ? type : undefined))
const MAP = parameter('MAP', map(STRING, STRING), (type) => (type.kind === 'MAP' ? type : undefined))
const COLLECTION_OF = parameter('ARRAY, MAP or MULTISET', array(INT), (type) =>
  ['ARRAY', 'MAP', 'MULTISET'].includes(type.kind) ? type : undefined,
)

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
