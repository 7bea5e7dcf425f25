import type { Comparison, FilterNode } from './ast.ts'
import { parseFilter } from './parser.ts'

/** What a filter looks at. `value` is the parsed JSON, the text where it is not JSON, null for a tombstone. */
export interface FilterRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** ms since the epoch */
  readonly timestamp: number
  readonly key: string | null
  readonly value: unknown
  /** The last header of that name as text, undefined where there is none. */
  header(name: string): string | undefined
}

export type Filter = (record: FilterRecord) => boolean
type Evaluate = (record: FilterRecord) => unknown

/**
 * Compile a filter expression (docs/cli.md, "Filters"): `value.metric == "cpu_load" and value.value > 0.9`. A missing field
 * reads as null, no type is ever converted, and only `true` is true. Throws SHITOPS_E_FILTER with the column.
 * @param now ms since the epoch, for times such as `@15m`
 */
export function compileFilter(source: string, now: number): Filter {
  const evaluate = compile(parseFilter(source, now))
  return (record) => evaluate(record) === true
}

function compile(node: FilterNode): Evaluate {
  switch (node.type) {
    case 'literal':
    case 'regex': {
      const { value } = node
      return () => value
    }
    case 'list': {
      const items = node.items.map(compile)
      return (record) => items.map((item) => item(record))
    }
    case 'field':
      return orNull(field(node))
    case 'exists': {
      const read = field(node.field)
      return (record) => read(record) !== undefined
    }
    case 'not': {
      const operand = compile(node.operand)
      return (record) => operand(record) !== true
    }
    case 'and': {
      const [left, right] = [compile(node.left), compile(node.right)]
      return (record) => left(record) === true && right(record) === true
    }
    case 'or': {
      const [left, right] = [compile(node.left), compile(node.right)]
      return (record) => left(record) === true || right(record) === true
    }
    case 'compare': {
      const [left, right, test] = [compile(node.left), compile(node.right), TESTS[node.operator]]
      return (record) => test(left(record), right(record))
    }
  }
}

/** Reads a field; undefined where it is missing. */
function field(node: FilterNode & { type: 'field' }): Evaluate {
  const { root, path } = node
  if (root === 'headers') {
    const name = String(path[0])
    return (record) => record.header(name)
  }
  if (root !== 'value' || path.length === 0) return (record) => record[root]
  return (record) => {
    let at: unknown = record.value
    for (const step of path) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
      at = (at as Record<string | number, unknown>)[step]
    }
    return at
  }
}

const orNull =
  (read: Evaluate): Evaluate =>
  (record) =>
    read(record) ?? null

const TESTS: Readonly<Record<Comparison, (left: unknown, right: unknown) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => order(left, right) < 0,
  '<=': (left, right) => order(left, right) <= 0,
  '>': (left, right) => order(left, right) > 0,
  '>=': (left, right) => order(left, right) >= 0,
  in: (left, right) => Array.isArray(right) && right.includes(left),
  contains: (left, right) => {
    if (typeof left === 'string') return typeof right === 'string' && left.includes(right)
    return Array.isArray(left) && left.includes(right)
  },
  matches: (left, right) => typeof left === 'string' && right instanceof RegExp && right.test(left),
}

/** Negative, zero or positive as `left` is below, at or above `right`; NaN unless both are numbers or both text. */
function order(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left < right ? -1 : left > right ? 1 : 0
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  return Number.NaN
}
