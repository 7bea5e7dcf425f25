import { type TimeZone, timeZone, utcToLocal } from '../../../base/time-zone.ts'
import { dayOf, MS_PER_DAY, msOfDay } from '../../types/calendar.ts'
import { BIGINT, BOOLEAN, DATE, INT, notNull, STRING, time, timestamp, timestampLtz, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { truncateFraction } from '../../types/time-text.ts'
import { isInteger, isInterval, isTemporal, isTimestamp } from '../../types/type-kind.ts'
import { typeText } from '../../types/type-text.ts'
import { anyNullable, call, castTo } from '../build.ts'
import type { Call, Expr, Literal } from '../expr.ts'
import {
  adder,
  ceilTo,
  DATE_UNITS,
  differenceIn,
  extractFrom,
  extractInterval,
  extractTruncating,
  floorTo,
  TIME_UNITS,
  UNIT_MONTHS,
  UNIT_MS,
} from '../time/units.ts'
import type { BindContext, FunctionEntry, Generator } from './entry.ts'
import { strict } from './strict.ts'

/** EXTRACT, FLOOR and CEIL TO, TIMESTAMPADD, TIMESTAMPDIFF, and the clock. The first argument of the first four is the unit as a literal. */

const unitOf = (bound: Call): string => (bound.args[0] as Literal).value as string
const zoneOf = (session: { timeZone: string }): TimeZone => timeZone(session.timeZone) as TimeZone

/** The clock face: TIMESTAMP_LTZ in the session's zone, the others as they are. A DATE is at midnight. */
function faceCode(type: SqlType, value: string, gen: Generator): string {
  if (type.kind === 'DATE') return `${value} * ${MS_PER_DAY}`
  if (type.kind !== 'TIMESTAMP_LTZ' || zoneOf(gen.session).name === 'UTC') return value
  return `${gen.code.constant(utcToLocal, 'local')}(${value}, ${gen.code.constant(zoneOf(gen.session), 'zone')})`
}

function canExtract(unit: string, type: SqlType): boolean {
  if (isInterval(type)) return extractInterval(unit, type) !== undefined
  if (type.kind === 'DATE') return DATE_UNITS.includes(unit)
  if (type.kind === 'TIME') return TIME_UNITS.includes(unit)
  return isTimestamp(type) && (DATE_UNITS.includes(unit) || TIME_UNITS.includes(unit))
}

const extract: FunctionEntry = {
  names: ['EXTRACT'],
  usage: 'EXTRACT(unit FROM time)',
  internal: true,
  bind([unit, operand], context) {
    const name = (unit as Literal).value as string
    const typed = (operand as Expr).type.kind === 'NULL' ? castTo(operand as Expr, timestamp(3)) : (operand as Expr)
    if (!canExtract(name, typed.type)) return context.refuse(`EXTRACT finds no ${name} in ${typeText(withNullable(typed.type, true))}`)
    return call('EXTRACT', withNullable(BIGINT, typed.type.nullable), [unit as Expr, typed], context.at)
  },
  generate(bound, gen) {
    const operand = bound.args[1] as Expr
    const unit = unitOf(bound)
    // Flink takes the days of a TIMESTAMP_LTZ downwards, all else towards zero.
    const truncates = operand.type.kind === 'TIMESTAMP' || (operand.type.kind === 'TIMESTAMP_LTZ' && TIME_UNITS.includes(unit))
    const ofFace = truncates ? extractTruncating(unit) : extractFrom(unit)
    const read = isInterval(operand.type) ? extractInterval(unit, operand.type) : ofFace
    return strict(
      gen,
      bound.type,
      [gen.expr(operand)],
      ([value]) => `${gen.code.constant(read, unit.toLowerCase())}(${faceCode(operand.type, value as string, gen)})`,
      {
        total: true,
      },
    )
  },
}

/** YEAR(x) and its kin are EXTRACT. */
function part(name: string, unit: string): FunctionEntry {
  return {
    names: [name],
    usage: `${name}(time)`,
    bind(args, context) {
      if (args.length !== 1) return context.refuse(`${name} takes 1 argument, not ${args.length}`)
      return extract.bind([unitLiteral(unit), args[0] as Expr], context)
    },
    generate: extract.generate,
  }
}

export const unitLiteral = (unit: string): Literal => ({ op: 'literal', type: notNull(STRING), value: unit })

function rounding(name: string, make: (unit: string) => (face: number) => number): FunctionEntry {
  return {
    names: [name],
    usage: `${name.slice(0, name.indexOf('_'))}(time TO unit)`,
    internal: true,
    bind([unit, operand], context) {
      const { type } = operand as Expr
      const unitName = (unit as Literal).value as string
      const ofTime = ['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND'].includes(unitName)
      const ofDate = unitName in UNIT_MONTHS || ['WEEK', 'DAY'].includes(unitName)
      const fits = type.kind === 'DATE' ? ofDate : type.kind === 'TIME' ? ofTime : isTimestamp(type) && (ofDate || ofTime)
      if (!fits) return context.refuse(`${context.name} of ${typeText(type)} TO ${unitName} does not exist`)
      return call(name, type, [unit as Expr, operand as Expr], context.at)
    },
    generate(bound, gen) {
      const operand = bound.args[1] as Expr
      const run = roundingOf(operand.type, make(unitOf(bound)), zoneOf(gen.session))
      return strict(gen, bound.type, [gen.expr(operand)], ([value]) => `${gen.code.constant(run, name.toLowerCase())}(${value})`, {
        total: true,
      })
    },
  }
}

function roundingOf(type: SqlType, run: (face: number) => number, zone: TimeZone): (value: number) => number {
  if (type.kind === 'DATE') return (days) => dayOf(run(days * MS_PER_DAY))
  if (type.kind !== 'TIMESTAMP_LTZ' || zone.name === 'UTC') return run
  // The offset of the value itself, also where the unit's start has another one (a day of a clock change): as Flink has it.
  return (ms) => {
    const offset = zone.offsetAt(ms)
    return run(ms + offset) - offset
  }
}

const timestampAdd: FunctionEntry = {
  names: ['TIMESTAMPADD'],
  usage: 'TIMESTAMPADD(unit, INT, time)',
  internal: true,
  bind([unit, count, operand], context) {
    const name = (unit as Literal).value as string
    const from = operand as Expr
    if (!(name in UNIT_MS) && !(name in UNIT_MONTHS)) return context.refuse(`TIMESTAMPADD does not know the unit ${name}`)
    if (!isInteger((count as Expr).type)) return context.refuse(`TIMESTAMPADD adds an integer, not ${typeText((count as Expr).type)}`)
    if (!isTemporal(from.type)) return context.refuse(`TIMESTAMPADD takes a time, not ${typeText(from.type)}`)
    const toTimestamp = from.type.kind === 'DATE' && (UNIT_MS[name] ?? MS_PER_DAY) < MS_PER_DAY
    const type = toTimestamp ? timestamp(6) : from.type
    const args = [unit as Expr, count as Expr, toTimestamp ? castTo(from, type) : from]
    return call('TIMESTAMPADD', withNullable(type, anyNullable(args)), args, context.at)
  },
  generate(bound, gen) {
    const [, count, operand] = bound.args as [Expr, Expr, Expr]
    const run = adder(unitOf(bound), bound.type)
    return strict(
      gen,
      bound.type,
      [gen.expr(count), gen.expr(operand)],
      ([n, value]) => `${gen.code.constant(run, 'add')}(${value}, Number(${n}))`,
      { total: true },
    )
  },
}

const timestampDiff: FunctionEntry = {
  names: ['TIMESTAMPDIFF'],
  usage: 'TIMESTAMPDIFF(unit, from, to)',
  internal: true,
  bind([unit, from, to], context) {
    const name = (unit as Literal).value as string
    if (!(name in UNIT_MS) && !(name in UNIT_MONTHS)) return context.refuse(`TIMESTAMPDIFF does not know the unit ${name}`)
    const args = [from as Expr, to as Expr]
    for (const arg of args) {
      if (!isTimestamp(arg.type) && arg.type.kind !== 'DATE')
        return context.refuse(`TIMESTAMPDIFF takes dates and timestamps, not ${typeText(arg.type)}`)
    }
    if (args.some((arg) => arg.type.kind === 'TIMESTAMP_LTZ') && !args.every((arg) => arg.type.kind === 'TIMESTAMP_LTZ')) {
      return context.refuse('TIMESTAMPDIFF takes two times of one kind, TIMESTAMP_LTZ with TIMESTAMP_LTZ', ['CAST one of them'])
    }
    return call('TIMESTAMPDIFF', withNullable(INT, anyNullable(args)), [unit as Expr, ...args], context.at)
  },
  generate(bound, gen) {
    const [, from, to] = bound.args as [Expr, Expr, Expr]
    const run = gen.code.constant(differenceIn(unitOf(bound)), 'difference')
    const operands = [gen.expr(from), gen.expr(to)]
    return strict(
      gen,
      bound.type,
      operands,
      ([a, b]) => `${run}(${faceCode(from.type, a as string, gen)}, ${faceCode(to.type, b as string, gen)}) | 0`,
      { total: true },
    )
  },
}

/** (date - date) YEAR TO MONTH and (time - time) DAY TO SECOND: an interval. */
const intervalBetween: FunctionEntry = {
  names: ['INTERVAL_BETWEEN'],
  usage: '(time - time) unit',
  internal: true,
  bind(args) {
    return args[0] as Expr
  },
  generate(bound, gen) {
    const [later, earlier] = bound.args as [Expr, Expr]
    const run = bound.type.kind === 'INTERVAL_YEAR_MONTH' ? differenceIn('MONTH') : (from: number, to: number) => to - from
    const operands = [gen.expr(later), gen.expr(earlier)]
    return strict(gen, bound.type, operands, ([a, b]) => {
      const [from, to] = [faceCode(earlier.type, b as string, gen), faceCode(later.type, a as string, gen)]
      return `${gen.code.constant(run, 'between')}(${from}, ${to})`
    })
  },
}

/** A value of the clock: constant in a batch, read per row otherwise; the session says which. */
function clock(names: string[], type: SqlType, ofNow: (ms: number, zone: TimeZone) => number): FunctionEntry {
  return {
    names,
    usage: `${names[0]}`,
    volatile: true,
    bind: (args, context: BindContext) => {
      if (args.length > 0) return context.refuse(`${names[0]} takes no argument`)
      return call(names[0] as string, notNull(type), [], context.at)
    },
    generate(_bound, gen) {
      const { now } = gen.session
      const zone = zoneOf(gen.session)
      const value = gen.code.fresh('v')
      gen.code.line(`const ${value} = ${gen.code.constant(() => ofNow(now(), zone), 'now')}()`)
      return { value, isNull: 'false' }
    },
  }
}

const overlaps: FunctionEntry = {
  names: ['OVERLAPS'],
  usage: '(start, end) OVERLAPS (start, end)',
  internal: true,
  bind: (args, context) => call('OVERLAPS', withNullable(BOOLEAN, anyNullable(args)), args, context.at),
  generate: (bound, gen) =>
    strict(
      gen,
      bound.type,
      bound.args.map((arg) => gen.expr(arg)),
      ([a, b, c, d]) => `Math.max(${a}, ${b}) >= Math.min(${c}, ${d}) && Math.max(${c}, ${d}) >= Math.min(${a}, ${b})`,
      { total: true },
    ),
}

export const TIME: readonly FunctionEntry[] = [
  extract,
  rounding('FLOOR_TO', floorTo),
  rounding('CEIL_TO', ceilTo),
  timestampAdd,
  timestampDiff,
  intervalBetween,
  overlaps,
  part('YEAR', 'YEAR'),
  part('QUARTER', 'QUARTER'),
  part('MONTH', 'MONTH'),
  part('WEEK', 'WEEK'),
  part('DAYOFYEAR', 'DOY'),
  part('DAYOFMONTH', 'DAY'),
  part('DAYOFWEEK', 'DOW'),
  part('HOUR', 'HOUR'),
  part('MINUTE', 'MINUTE'),
  part('SECOND', 'SECOND'),
  clock(['NOW', 'CURRENT_TIMESTAMP', 'CURRENT_ROW_TIMESTAMP'], timestampLtz(3), (ms) => ms),
  // By itself: the planner takes it for a time attribute.
  clock(['PROCTIME'], timestampLtz(3), (ms) => ms),
  clock(['LOCALTIMESTAMP'], timestamp(3), utcToLocal),
  clock(['CURRENT_DATE'], DATE, (ms, zone) => dayOf(utcToLocal(ms, zone))),
  clock(['LOCALTIME', 'CURRENT_TIME'], time(0), (ms, zone) => truncateFraction(msOfDay(utcToLocal(ms, zone)), 0)),
]
