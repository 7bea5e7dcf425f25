import { ShitopsError } from '../../base/errors.ts'
import type { SqlType, TypeKind } from '../types/sql-type.ts'
import type { AggregateCall, AggregateCode, AggregateNeeds } from './aggregate.ts'
import { SERIES_WRITERS } from './series/writers.ts'

/** Writes one aggregate for its types: `f` makes its own field names, `v` are the arguments as source. */
type Writer = (call: AggregateCall, needs: AggregateNeeds, f: (name: string) => string, v: readonly string[]) => AggregateCode

const INTEGERS: readonly TypeKind[] = ['TINYINT', 'SMALLINT', 'INT']

/** How a running sum of a type is kept: `into` adds, `out` subtracts. */
function summing(type: SqlType): {
  zero: string
  into(a: string, b: string): string
  out(a: string, b: string): string
  check(a: string): string
} {
  const calls = (plus: string, minus: string, check = (a: string) => a) => {
    return {
      zero: '0',
      into: (a: string, b: string) => `${plus}(${a}, ${b})`,
      out: (a: string, b: string) => `${minus}(${a}, ${b})`,
      check,
    }
  }
  switch (type.kind) {
    case 'TINYINT':
      return wrapped((sum) => `((${sum}) << 24 >> 24)`)
    case 'SMALLINT':
      return wrapped((sum) => `((${sum}) << 16 >> 16)`)
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
      return wrapped((sum) => `((${sum}) | 0)`)
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return calls('addLong', 'subtractLong')
    case 'DECIMAL':
      return calls('addExact', 'subtractExact', (a) => `decimalOrNull(${a})`)
    case 'FLOAT':
      return wrapped((sum) => `Math.fround(${sum})`)
    default:
      return wrapped((sum) => `(${sum})`)
  }
}

function wrapped(narrow: (sum: string) => string) {
  return {
    zero: '0',
    into: (a: string, b: string) => narrow(`${a} + ${b}`),
    out: (a: string, b: string) => narrow(`${a} - ${b}`),
    check: (a: string) => a,
  }
}

const arg = (v: readonly string[], i = 0): string => v[i] ?? 'null'

const count: Writer = (_call, _needs, f) => {
  const n = f('n')
  return { fields: { [n]: '0' }, add: `a.${n}++`, retract: `a.${n}--`, merge: `a.${n} += b.${n}`, result: `a.${n}` }
}

function sum(empty: 'null' | '0'): Writer {
  return (call, _needs, f, v) => {
    const { zero, into, out, check } = summing(call.type)
    const [s, n] = [f('s'), f('n')]
    return {
      fields: { [s]: zero, [n]: '0' },
      add: `a.${s} = ${into(`a.${s}`, arg(v))}; a.${n}++`,
      retract: `a.${s} = ${out(`a.${s}`, arg(v))}; a.${n}--`,
      merge: `a.${s} = ${into(`a.${s}`, `b.${s}`)}; a.${n} += b.${n}`,
      result: `a.${n} === 0 ? ${empty} : ${check(`a.${s}`)}`,
    }
  }
}

/** Integers are summed as BIGINT and divided as integers; DOUBLE and FLOAT as DOUBLE; DECIMAL exactly (facts/kafka.md section 9, trap 6). */
const avg: Writer = (call, _needs, f, v) => {
  const from = call.argTypes[0]
  const [s, n] = [f('s'), f('n')]
  const long = from !== undefined && (INTEGERS.includes(from.kind) || from.kind === 'BIGINT')
  const decimal = from?.kind === 'DECIMAL'
  const [plus, minus] = long ? ['addLong', 'subtractLong'] : ['addExact', 'subtractExact']
  const into = (a: string, b: string) => (long || decimal ? `${plus}(${a}, ${b})` : `${a} + ${b}`)
  const out = (a: string, b: string) => (long || decimal ? `${minus}(${a}, ${b})` : `${a} - ${b}`)
  const quotient = long
    ? `divideLong(a.${s}, a.${n})`
    : decimal
      ? `divideDecimal(a.${s}, a.${n}, ${(call.type.scale ?? 0) - (from?.scale ?? 0)})`
      : call.type.kind === 'FLOAT'
        ? `Math.fround(a.${s} / a.${n})`
        : `a.${s} / a.${n}`
  return {
    fields: { [s]: '0', [n]: '0' },
    add: `a.${s} = ${into(`a.${s}`, arg(v))}; a.${n}++`,
    retract: `a.${s} = ${out(`a.${s}`, arg(v))}; a.${n}--`,
    merge: `a.${s} = ${into(`a.${s}`, `b.${s}`)}; a.${n} += b.${n}`,
    result: `a.${n} === 0 ? null : ${quotient}`,
  }
}

/** Variance and deviation by sums, as Flink rewrites them: (Σx² − (Σx)²/n) / (n or n − 1). */
function spread(sample: boolean, root: boolean): Writer {
  return (call, _needs, f, v) => {
    const [s, q, n] = [f('s'), f('q'), f('n')]
    if (fitOf(call.type) === 'Integer') {
      // Flink computes it in integers, division by division.
      return {
        fields: { [s]: '0', [q]: '0', [n]: '0' },
        add: `a.${s} = addLong(a.${s}, ${arg(v)}); a.${q} = addLong(a.${q}, timesLong(${arg(v)}, ${arg(v)})); a.${n}++`,
        retract: `a.${s} = subtractLong(a.${s}, ${arg(v)}); a.${q} = subtractLong(a.${q}, timesLong(${arg(v)}, ${arg(v)})); a.${n}--`,
        merge: `a.${s} = addLong(a.${s}, b.${s}); a.${q} = addLong(a.${q}, b.${q}); a.${n} += b.${n}`,
        result: `longVariance(a.${s}, a.${q}, a.${n}, ${sample}, ${root})`,
      }
    }
    const x = call.argTypes[0]?.kind === 'DECIMAL' ? `(Number(${arg(v)}) / ${10 ** (call.argTypes[0].scale ?? 0)})` : `Number(${arg(v)})`
    const variance = `variance(a.${s}, a.${q}, a.${n}, ${sample})`
    return {
      fields: { [s]: '0', [q]: '0', [n]: '0' },
      add: `{ const x = ${x}; a.${s} += x; a.${q} += x * x; a.${n}++ }`,
      retract: `{ const x = ${x}; a.${s} -= x; a.${q} -= x * x; a.${n}-- }`,
      merge: `a.${s} += b.${s}; a.${q} += b.${q}; a.${n} += b.${n}`,
      result: `fit${fitOf(call.type)}(${root ? `squareRoot(${variance})` : variance}, ${call.type.scale ?? 0})`,
    }
  }
}

function fitOf(type: SqlType): 'Double' | 'Integer' | 'Decimal' {
  if (type.kind === 'DECIMAL') return 'Decimal'
  return INTEGERS.includes(type.kind) || type.kind === 'BIGINT' ? 'Integer' : 'Double'
}

function extreme(sign: 1 | -1): Writer {
  return (call, needs, f, v) => {
    const m = f('m')
    if (needs.retract && !call.keeps) {
      return {
        fields: { [m]: `new ExtremeBag(${sign})` },
        objects: { [m]: `(s) => new ExtremeBag(${sign}, s)` },
        add: `a.${m}.add(${arg(v)})`,
        retract: `a.${m}.remove(${arg(v)})`,
        merge: `a.${m}.merge(b.${m})`,
        result: `a.${m}.best()`,
      }
    }
    // DOUBLE as Java compares: with NaN nothing is less or greater, so one that comes first stays and a later one is passed over.
    const scalar = !['CHAR', 'VARCHAR', 'BINARY', 'VARBINARY', 'ARRAY', 'ROW'].includes(call.type.kind)
    const worse = (x: string) =>
      scalar ? `a.${m} ${sign === 1 ? '<' : '>'} ${x}` : `compareValues(a.${m}, ${x}) ${sign === 1 ? '<' : '>'} 0`
    const better = (x: string) =>
      scalar ? `${x} ${sign === 1 ? '<' : '>'} a.${m}` : `compareValues(${x}, a.${m}) ${sign === 1 ? '<' : '>'} 0`
    return {
      fields: { [m]: 'null' },
      add: `if (a.${m} === null || ${better(arg(v))}) a.${m} = ${arg(v)}`,
      // The later of two that tie, as Flink has it: with NaN it matters.
      merge: `if (b.${m} !== null && !(a.${m} !== null && ${worse(`b.${m}`)})) a.${m} = b.${m}`,
      result: `a.${m}`,
    }
  }
}

function endValue(end: 'first' | 'last'): Writer {
  return (_call, needs, f, v) => {
    const m = f('m')
    if (needs.retract) return list(m, arg(v), `a.${m}.${end}()`)
    return {
      fields: { [m]: 'null' },
      add: end === 'first' ? `if (a.${m} === null) a.${m} = ${arg(v)}` : `a.${m} = ${arg(v)}`,
      merge: end === 'first' ? `if (a.${m} === null) a.${m} = b.${m}` : `if (b.${m} !== null) a.${m} = b.${m}`,
      result: `a.${m}`,
    }
  }
}

function list(m: string, value: string, result: string, takesNulls = false): AggregateCode {
  return {
    fields: { [m]: 'new ValueList()' },
    objects: { [m]: '(s) => new ValueList(s)' },
    add: `a.${m}.add(${value})`,
    retract: `a.${m}.remove(${value})`,
    merge: `a.${m}.merge(b.${m})`,
    result,
    takesNulls,
  }
}

const listagg: Writer = (call, needs, f, v) => {
  const m = f('m')
  const separator = JSON.stringify(call.constants?.[1] ?? ',')
  if (needs.retract) return list(m, arg(v), `a.${m}.joined(${separator})`)
  const joined = (text: string) => `a.${m} = a.${m} === null ? ${text} : a.${m} + ${separator} + ${text}`
  return { fields: { [m]: 'null' }, add: joined(arg(v)), merge: `if (b.${m} !== null) { ${joined(`b.${m}`)} }`, result: `a.${m}` }
}

const collect: Writer = (_call, _needs, f, v) => {
  const m = f('m')
  return {
    fields: { [m]: 'new CountBag()' },
    objects: { [m]: '(s) => new CountBag(s)' },
    add: `a.${m}.add(bagKey(${arg(v)}), ${arg(v)})`,
    retract: `a.${m}.remove(bagKey(${arg(v)}), ${arg(v)})`,
    merge: `for (const [key, value, count] of b.${m}.entries()) a.${m}.add(key, value, count)`,
    result: `a.${m}.pairs()`,
  }
}

const arrayAgg: Writer = (_call, _needs, f, v) => list(f('m'), arg(v), `a.${f('m')}.all()`, true)

const percentile: Writer = (call, _needs, f, v) => {
  const shares = JSON.stringify(call.constants?.[1])
  const m = f('m')
  const scale = call.argTypes[0]?.kind === 'DECIMAL' ? ` / ${10 ** (call.argTypes[0].scale ?? 0)}` : ''
  const value = `(Number(${arg(v)})${scale})`
  const times = v.length > 2 ? `frequencyOf(${arg(v, 2)})` : '1'
  return {
    fields: { [m]: 'new PercentileBag()' },
    objects: { [m]: '(s) => new PercentileBag(s)' },
    add: `a.${m}.add(${value}, ${times})`,
    retract: `a.${m}.add(${value}, -${times})`,
    merge: `a.${m}.merge(b.${m})`,
    result: `a.${m}.percentile(${shares})`,
  }
}

/** Constant 2 is whether NULLs are kept; the value is JSON text already. */
const jsonObject: Writer = (call, _needs, f, v) => {
  const m = f('m')
  return {
    fields: { [m]: 'new JsonMembers()' },
    objects: { [m]: '(s) => new JsonMembers(s)' },
    add: `a.${m}.add(${arg(v)}, ${arg(v, 1)}, ${call.constants?.[2] === 'NULL'})`,
    retract: `a.${m}.remove(${arg(v)})`,
    merge: `a.${m}.merge(b.${m})`,
    result: `a.${m}.text()`,
    takesNulls: true,
  }
}

const jsonArray: Writer = (call, _needs, f, v) => {
  const m = f('m')
  const nulls = call.constants?.[2] === 'NULL'
  return {
    fields: { [m]: 'new JsonElements()' },
    objects: { [m]: '(s) => new JsonElements(s)' },
    add: `a.${m}.add(${arg(v)}, ${nulls})`,
    retract: `a.${m}.remove(${arg(v)}, ${nulls})`,
    merge: `a.${m}.merge(b.${m})`,
    result: `a.${m}.text()`,
    takesNulls: true,
  }
}

/** A scalar subquery: one row or none; more is a failure of the query, as in Flink. */
const singleValue: Writer = (_call, _needs, f, v) => {
  const [m, n] = [f('m'), f('n')]
  return {
    fields: { [m]: 'null', [n]: '0' },
    add: `if (++a.${n} > 1) tooManyRows(); a.${m} = ${arg(v)}`,
    retract: `a.${n}--; if (a.${n} === 0) a.${m} = null`,
    result: `a.${m}`,
    takesNulls: true,
  }
}

const WRITERS: Readonly<Record<string, Writer>> = {
  COUNT: count,
  SUM: sum('null'),
  SUM0: sum('0'),
  AVG: avg,
  MIN: extreme(1),
  MAX: extreme(-1),
  VAR_POP: spread(false, false),
  VAR_SAMP: spread(true, false),
  STDDEV_POP: spread(false, true),
  STDDEV_SAMP: spread(true, true),
  FIRST_VALUE: endValue('first'),
  LAST_VALUE: endValue('last'),
  LISTAGG: listagg,
  COLLECT: collect,
  ARRAY_AGG: arrayAgg,
  PERCENTILE: percentile,
  JSON_OBJECTAGG: jsonObject,
  JSON_ARRAYAGG: jsonArray,
  SINGLE_VALUE: singleValue,
  ...SERIES_WRITERS,
}

/** The aggregate functions that run here. */
export const AGGREGATE_NAMES: readonly string[] = Object.keys(WRITERS)

/** The code of the `index`-th aggregate. @throws SHITOPS_E_SQL_PLAN for a function that is not there (the planner asks first). */
export function aggregateCode(call: AggregateCall, index: number, needs: AggregateNeeds): AggregateCode {
  const write = WRITERS[call.fn]
  if (!write) throw new ShitopsError('SHITOPS_E_BUG', `no aggregate function ${call.fn}`)
  return write(
    call,
    needs,
    (name) => `${name}${index}`,
    call.args.map((_, i) => `v${i}`),
  )
}
