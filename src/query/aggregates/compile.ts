import { SqlRuntimeError } from '../expr/sql-runtime-error.ts'
import { rowKey } from '../operators/keys.ts'
import { compareValues } from '../types/compare-value.ts'
import type { AggregateCall, AggregateCode, AggregateNeeds, Aggregates } from './aggregate.ts'
import { CountBag, ExtremeBag, ValueList } from './bags.ts'
import { aggregateCode } from './catalogue.ts'
import {
  addExact,
  addLong,
  decimalOrNull,
  divideDecimal,
  divideLong,
  type Exact,
  exact,
  subtractExact,
  subtractLong,
  timesLong,
} from './exact.ts'
import { JsonElements, JsonMembers } from './json-bags.ts'
import { frequencyOf, PercentileBag } from './percentiles.ts'
import { SERIES_HELPERS } from './series/helpers.ts'

/** What generated code may call. */
const HELPERS = {
  addExact,
  addLong,
  bagKey,
  compareValues,
  CountBag,
  decimalOrNull,
  divideDecimal,
  divideLong,
  ExtremeBag,
  fitDecimal,
  fitDouble,
  fitInteger,
  frequencyOf,
  JsonElements,
  JsonMembers,
  PercentileBag,
  squareRoot,
  subtractExact,
  subtractLong,
  timesLong,
  asInt,
  longVariance,
  tooManyRows,
  ValueList,
  variance,
  ...SERIES_HELPERS,
}

/** Compiles a list of aggregates to one class of accumulator with a field for each number, and functions over it. */
export function compileAggregates(calls: readonly AggregateCall[], needs: AggregateNeeds): Aggregates {
  const codes = calls.map((call, i) => withDistinct(call, i, aggregateCode(call, i, needs)))
  const fields = codes.flatMap(({ fields }) => Object.entries(fields))
  const objects = Object.assign({}, ...codes.map(({ objects }) => objects ?? {})) as Record<string, string>
  const source = [
    `class Acc { constructor() { ${fields.map(([name, first]) => `this.${name} = ${first}`).join('; ')} } }`,
    'return {',
    'create: () => new Acc(),',
    `add(a, row) { ${calls.map((call, i) => guarded(call, at(codes, i), at(codes, i).add)).join('\n')} },`,
    `retract(a, row) { ${calls.map((call, i) => guarded(call, at(codes, i), at(codes, i).retract ?? (call.keeps ? '' : 'cannot("retract")'))).join('\n')} },`,
    `merge(a, b) { ${codes.map(({ merge }) => `${merge ?? 'cannot("merge")'};`).join('\n')} },`,
    `results(a, into) { into.push(${codes.map(({ result }) => result).join(', ')}) },`,
    `save: (a) => [${fields.map(([name]) => (objects[name] ? `a.${name}.save()` : `a.${name}`)).join(', ')}],`,
    'load(s) {',
    'const a = new Acc()',
    ...fields.map(([name], i) => `a.${name} = ${objects[name] ? `(${objects[name]})(s[${i}])` : `s[${i}]`}`),
    'return a } }',
  ].join('\n')
  const make = new Function(...Object.keys(HELPERS), 'cannot', source) as (...helpers: unknown[]) => Omit<Aggregates, 'source' | 'rowOf'>
  const rowOf: Aggregates['rowOf'] = (columns) => {
    const values = [...columns.map((column) => `row[${column}]`), ...codes.map(({ result }) => result)]
    return new Function(...Object.keys(HELPERS), `return (a, row) => [${values.join(', ')}]`)(...Object.values(HELPERS))
  }
  return { ...make(...Object.values(HELPERS), cannot), rowOf, source }
}

const at = (codes: readonly AggregateCode[], i: number): AggregateCode => codes[i] as AggregateCode

/** The statements for one row: the arguments as locals, behind the filter and the test for NULL. */
function guarded(call: AggregateCall, code: AggregateCode, body: string): string {
  const tests = [
    ...(call.filter === undefined ? [] : [`row[${call.filter}] === true`]),
    ...(code.takesNulls ? [] : call.args.filter((_, i) => call.constants?.[i] === undefined).map((_, i) => `v${i} !== null`)),
  ]
  const locals = call.args.map((column, i) => `const v${i} = row[${column}]`)
  return `{ ${locals.join('; ')}\n${tests.length > 0 ? `if (${tests.join(' && ')}) { ${body} }` : body} }`
}

/** DISTINCT: a row counts when its value is new, and is taken back when the last of its value goes. */
function withDistinct(call: AggregateCall, index: number, code: AggregateCode): AggregateCode {
  if (!call.distinct || call.fn === 'MIN' || call.fn === 'MAX') return code
  const bag = `d${index}`
  const value = call.args.length === 1 ? 'v0' : `[${call.args.map((_, i) => `v${i}`).join(', ')}]`
  const unpacked = call.args.length === 1 ? 'const v0 = value' : `const [${call.args.map((_, i) => `v${i}`).join(', ')}] = value`
  return {
    ...code,
    fields: { ...code.fields, [bag]: 'new CountBag()' },
    objects: { ...code.objects, [bag]: '(s) => new CountBag(s)' },
    add: `if (a.${bag}.add(bagKey(${value}), ${value})) { ${code.add} }`,
    ...(code.retract && { retract: `if (a.${bag}.remove(bagKey(${value}), ${value})) { ${code.retract} }` }),
    merge: `for (const [key, value, count] of b.${bag}.entries()) if (a.${bag}.add(key, value, count)) { ${unpacked}; ${code.add} }`,
  }
}

function cannot(what: string): never {
  throw new Error(`an aggregate was not planned to ${what}`)
}

/** Values that are one value to SQL are one key: collections by their content. -0 is not 0 here, as in Flink. */
function bagKey(value: unknown): unknown {
  if ((value !== null && typeof value === 'object') || Object.is(value, -0)) return rowKey([value])
  return value
}

function variance(sum: number, squares: number, n: number, sample: boolean): number | null {
  const by = sample ? n - 1 : n
  if (n === 0 || by === 0) return null
  return (squares - (sum * sum) / n) / by
}

/** As CAST of a BIGINT that is a safe integer to INT. */
function asInt(value: Exact | null): number | null {
  return value === null ? null : Number(value) | 0
}

/** @param square of the sum, as its type wraps it */
function longVariance(square: Exact, squares: Exact, n: number, sample: boolean, root: boolean): Exact | null {
  const by = sample ? n - 1 : n
  if (n === 0 || by === 0) return null
  const value = divideLong(subtractLong(squares, divideLong(square, n)), by)
  return root ? Math.trunc(Math.sqrt(Number(value))) || 0 : value
}

function squareRoot(value: number | null): number | null {
  return value === null ? null : value ** 0.5
}
function fitDouble(value: number | null): number | null {
  return value
}
function fitInteger(value: number | null): number | bigint | null {
  return value === null ? null : Number.isSafeInteger(Math.trunc(value)) ? Math.trunc(value) : exact(BigInt(Math.trunc(value)))
}
function fitDecimal(value: number | null, scale: number): number | bigint | null {
  return value === null ? null : fitInteger(Math.round(value * 10 ** scale))
}

function tooManyRows(): never {
  throw new SqlRuntimeError('a scalar subquery gave more than one row')
}
