import { localToUtc, type TimeZone, timeZone, utcToLocal } from '../../../base/time-zone.ts'
import { MS_PER_DAY, msOfDay } from '../../types/calendar.ts'
import { bounded, decimalToDouble, parseDecimal, rescale, wholePart } from '../../types/decimal-value.ts'
import { MAX_LENGTH, type SqlType } from '../../types/sql-type.ts'
import { truncateFraction } from '../../types/time-text.ts'
import { sameType } from '../../types/type-equality.ts'
import { isApproximate, isBinary, isDecimal, isExact, isInteger, isNumeric, isText, isTimestamp } from '../../types/type-kind.ts'
import { textWriter } from '../../types/value-text.ts'
import { doubleTo32, doubleTo64, low32, type Wide, wrap64 } from '../../types/wide-integer.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import * as text from './text-to.ts'

/** How one type becomes another: a function of a value that is not NULL, or JavaScript for it. */
export interface CastRule {
  // biome-ignore lint/suspicious/noExplicitAny: the value's type is known from the SQL types alone
  readonly run?: (value: any) => unknown
  readonly inline?: (value: string) => string
  /** The result may be NULL: a DECIMAL that does not fit. */
  readonly mayBeNull?: boolean
  /** It may throw SqlRuntimeError. */
  readonly fails?: boolean
}

const AS_IS: CastRule = { inline: (value) => value }

/** The cast rule of Flink (not its legacy one), undefined where it has none. @param zone of the session */
export function castRule(from: SqlType, to: SqlType, zone: string): CastRule | undefined {
  if (sameType(from, to, true) || from.kind === 'NULL') return AS_IS
  if (isText(to)) return toText(from, to, zone)
  if (isText(from)) return fromText(to, zone)
  if (isNumeric(from) && isNumeric(to)) return numberToNumber(from, to)
  if (from.kind === 'BOOLEAN' && isNumeric(to)) {
    const one = isDecimal(to) ? Number(rescale(1, 0, to.scale ?? 0)) : 1
    return { inline: (value) => `(${value} ? ${one} : 0)` }
  }
  if (isNumeric(from) && to.kind === 'BOOLEAN') return { inline: (value) => `${value} !== 0` }
  if (isBinary(from) && isBinary(to)) return binaryToBinary(to)
  if (from.kind === to.kind && from.element) return collection(from, to, zone)
  if (from.kind === 'ROW' && to.kind === 'ROW') return row(from, to, zone)
  return time(from, to, timeZone(zone) as TimeZone)
}

function numberToNumber(from: SqlType, to: SqlType): CastRule {
  if (isDecimal(to)) return toDecimal(from, to)
  if (isDecimal(from)) return fromDecimal(from.scale ?? 0, to)
  if (to.kind === 'DOUBLE') return from.kind === 'BIGINT' ? { inline: (value) => `Number(${value})` } : AS_IS
  if (to.kind === 'FLOAT') return { inline: (value) => `Math.fround(Number(${value}))` }
  if (isApproximate(from)) {
    if (to.kind === 'BIGINT') return { run: doubleTo64 }
    return { run: narrowing(to, doubleTo32) }
  }
  if (to.kind === 'BIGINT') return AS_IS
  if (from.kind === 'BIGINT') return { run: narrowing(to, low32) }
  return { inline: (value) => narrowCode(to, value) }
}

function narrowCode(to: SqlType, value: string): string {
  if (to.kind === 'TINYINT') return `${value} << 24 >> 24`
  return to.kind === 'SMALLINT' ? `${value} << 16 >> 16` : value
}

function narrowing(to: SqlType, to32: (value: never) => number): (value: unknown) => number {
  if (to.kind === 'TINYINT') return (value) => (to32(value as never) << 24) >> 24
  const narrow32 = to32 as (value: unknown) => number
  return to.kind === 'SMALLINT' ? (value) => (narrow32(value) << 16) >> 16 : narrow32
}

function toDecimal(from: SqlType, to: SqlType): CastRule {
  const { precision = 10, scale = 0 } = to
  if (isExact(from)) {
    const fromScale = from.scale ?? 0
    return { run: (value: Wide) => bounded(rescale(value, fromScale, scale), precision), mayBeNull: true }
  }
  // As BigDecimal.valueOf: by the shortest text of the double.
  return {
    run: (value: number) => {
      const result = Number.isFinite(value) ? parseDecimal(String(value), precision, scale) : undefined
      if (result === undefined) throw new SqlRuntimeError(`cannot cast ${value} to DECIMAL(${precision}, ${scale})`)
      return result
    },
    mayBeNull: true,
    fails: true,
  }
}

function fromDecimal(scale: number, to: SqlType): CastRule {
  if (to.kind === 'DOUBLE') return { run: (value: Wide) => decimalToDouble(value, scale) }
  if (to.kind === 'FLOAT') return { run: (value: Wide) => Math.fround(decimalToDouble(value, scale)) }
  if (to.kind === 'BIGINT') return { run: (value: Wide) => wrap64(BigInt(wholePart(value, scale))) }
  const narrow = narrowing(to, low32)
  return { run: (value: Wide) => narrow(wholePart(value, scale) as never) }
}

function toText(from: SqlType, to: SqlType, zone: string): CastRule | undefined {
  const write = isText(from) ? undefined : textWriter(from, zone)
  const length = to.precision ?? MAX_LENGTH
  if (to.kind === 'VARCHAR' && length === MAX_LENGTH) return write ? { run: write } : AS_IS
  if (isText(from) && to.kind === 'VARCHAR' && (from.precision ?? MAX_LENGTH) <= length) return AS_IS
  const shape = to.kind === 'CHAR' ? padded(length) : (value: string) => cut(value, length)
  return { run: write ? (value: unknown) => shape(write(value)) : shape }
}

/** Lengths count code points. */
export function cut(value: string, length: number): string {
  if (value.length <= length) return value
  const points = Array.from(value)
  return points.length <= length ? value : points.slice(0, length).join('')
}

function padded(length: number): (value: string) => string {
  return (value) => {
    const points = Array.from(value).length
    return points >= length ? cut(value, length) : value + ' '.repeat(length - points)
  }
}

function fromText(to: SqlType, zone: string): CastRule | undefined {
  const local = timeZone(zone) as TimeZone
  if (isInteger(to)) return { run: text.textToInteger(to), fails: true }
  switch (to.kind) {
    case 'DOUBLE':
      return { run: text.textToDouble, fails: true }
    case 'FLOAT':
      return { run: (value: string) => Math.fround(text.textToDouble(value)), fails: true }
    case 'DECIMAL':
      return { run: text.textToDecimal(to), fails: true }
    case 'BOOLEAN':
      return { run: text.textToBoolean, fails: true }
    case 'DATE':
      return { run: text.textToDate, fails: true }
    case 'TIME':
      return { run: (value: string) => truncateFraction(text.textToTime(value), to.precision ?? 0), fails: true }
    case 'TIMESTAMP':
      return { run: text.textToTimestamp(to.precision ?? 6), fails: true }
    case 'TIMESTAMP_LTZ':
      return { run: text.textToTimestampLtz(to.precision ?? 6, local), fails: true }
    case 'BINARY':
    case 'VARBINARY': {
      const resize = binaryToBinary(to).run as (value: Buffer) => Buffer
      return { run: (value: string) => resize(Buffer.from(value, 'utf8')) }
    }
    default:
      return undefined
  }
}

function binaryToBinary(to: SqlType): CastRule {
  const length = to.precision ?? MAX_LENGTH
  return {
    run: (value: Buffer) => {
      if (value.length > length) return value.subarray(0, length)
      return to.kind === 'BINARY' && value.length < length ? Buffer.concat([value, Buffer.alloc(length - value.length)]) : value
    },
  }
}

function time(from: SqlType, to: SqlType, zone: TimeZone): CastRule | undefined {
  const precision = to.precision ?? 6
  if (isTimestamp(from) && isTimestamp(to)) return timestampToTimestamp(from, to, precision, zone)
  if (isTimestamp(from) && (to.kind === 'DATE' || to.kind === 'TIME')) {
    const part = to.kind === 'DATE' ? castDay : (ms: number) => truncateFraction(msOfDay(ms), to.precision ?? 0)
    return from.kind === 'TIMESTAMP' ? { run: part } : { run: (value: number) => part(utcToLocal(value, zone)) }
  }
  if (from.kind === 'DATE' && to.kind === 'TIMESTAMP') return { inline: (value) => `${value} * ${MS_PER_DAY}` }
  if (from.kind === 'DATE' && to.kind === 'TIMESTAMP_LTZ') return { run: (value: number) => localToUtc(value * MS_PER_DAY, zone) }
  if (from.kind === 'TIME' && to.kind === 'TIMESTAMP') return AS_IS
  if (from.kind === 'TIME' && to.kind === 'TIME') return { run: (value: number) => truncateFraction(value, to.precision ?? 0) }
  return undefined
}

/** Towards zero, as Flink has it: 1969-12-31 23:59:59 is the day 1970-01-01. */
const castDay = (ms: number): number => Math.trunc(Math.floor(ms) / MS_PER_DAY) + 0

function timestampToTimestamp(from: SqlType, to: SqlType, precision: number, zone: TimeZone): CastRule {
  const shorter = precision < (from.precision ?? 6)
  if (from.kind === to.kind || zone.name === 'UTC') {
    return shorter ? { run: (value: number) => truncateFraction(value, precision) } : AS_IS
  }
  const shift = to.kind === 'TIMESTAMP_LTZ' ? localToUtc : utcToLocal
  return { run: (value: number) => truncateFraction(shift(value, zone), precision) }
}

/** A rule as a function that takes NULL and gives NULL. */
export function castFunction(from: SqlType, to: SqlType, zone: string): ((value: unknown) => unknown) | undefined {
  const rule = castRule(from, to, zone)
  if (!rule) return undefined
  const run = rule.run ?? (new Function('v', `return ${rule.inline?.('v') ?? 'v'}`) as (value: unknown) => unknown)
  return (value) => (value === null ? null : run(value))
}

function collection(from: SqlType, to: SqlType, zone: string): CastRule | undefined {
  const element = castFunction(from.element as SqlType, to.element as SqlType, zone)
  if (!element) return undefined
  const fails = true
  if (from.kind === 'ARRAY') return { run: (value: unknown[]) => value.map(element), fails }
  if (from.kind === 'MULTISET') return { run: (value: [unknown, unknown][]) => value.map(([key, count]) => [element(key), count]), fails }
  const key = castFunction(from.key as SqlType, to.key as SqlType, zone)
  return key && { run: (value: [unknown, unknown][]) => value.map(([k, v]) => [key(k), element(v)]), fails }
}

function row(from: SqlType, to: SqlType, zone: string): CastRule | undefined {
  const target = to.fields ?? []
  const fields = (from.fields ?? []).map((field, i) => target[i] && castFunction(field.type, target[i].type, zone))
  if (fields.length !== target.length || fields.includes(undefined)) return undefined
  return { run: (value: unknown[]) => fields.map((cast, i) => cast?.(value[i] ?? null)), fails: true }
}
