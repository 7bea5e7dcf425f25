import { localToUtc, type TimeZone, timeZone, utcToLocal } from '../../../base/time-zone.ts'
import { dayOf } from '../../types/calendar.ts'
import { BIGINT, DATE, STRING, timestamp, timestampLtz, withNullable } from '../../types/make-type.ts'
import { parseDate, truncateFraction } from '../../types/time-text.ts'
import { isText, isTimestamp } from '../../types/type-kind.ts'
import type { Wide } from '../../types/wide-integer.ts'
import { call, castTo } from '../build.ts'
import type { Expr } from '../expr.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import { type DateFormat, DateFormatError, dateFormat } from '../text/java-date-format.ts'
import { cached } from '../text/pattern.ts'
import type { BindContext, FunctionEntry, Generator } from './entry.ts'
import { LONG, parameter, SMALL, TEXT, WHOLE } from './parameter.ts'
import { type SimpleFunction, simple } from './simple.ts'

/** Times from text and to text, by Java's patterns. */

const DEFAULT = 'yyyy-MM-dd HH:mm:ss'
const formats = cached((pattern, dialect) => {
  try {
    return dateFormat(pattern, dialect as 'time' | 'simple')
  } catch (error) {
    if (error instanceof DateFormatError) throw new SqlRuntimeError(error.message)
    throw error
  }
})
const format = (pattern: string): DateFormat => formats(pattern, 'time')
const simpleFormat = (pattern: string): DateFormat => formats(pattern, 'simple')
const zoneOf = (gen: Generator): TimeZone => timeZone(gen.session.timeZone) as TimeZone

/** A pattern that is a constant is checked when the statement is planned. */
function checkPattern(args: readonly Expr[], at: number, dialect: 'time' | 'simple', context: BindContext): void {
  const pattern = args[at]
  if (pattern?.op !== 'literal' || typeof pattern.value !== 'string') return
  try {
    dateFormat(pattern.value, dialect)
  } catch (error) {
    context.refuse(`${context.name}: ${error instanceof Error ? error.message : error}`, [
      'letters that work: y u M L d D E e c w Q a H k K h m s S',
    ])
  }
}

/** A function whose run needs the session's zone. */
function zoned(
  spec: Omit<SimpleFunction, 'run' | 'inline'> & { pattern?: readonly [at: number, dialect: 'time' | 'simple'] },
  make: (zone: TimeZone) => (...values: never[]) => unknown,
): FunctionEntry {
  const base = simple({
    ...spec,
    inline: (values, _bound, gen) => `${gen.code.constant(make(zoneOf(gen)), spec.names[0]?.toLowerCase())}(${values.join(', ')})`,
  })
  if (!spec.pattern) return base
  const [at, dialect] = spec.pattern
  return {
    ...base,
    bind(args, context) {
      checkPattern(args, at, dialect, context)
      return base.bind(args, context)
    },
  }
}

/** TO_TIMESTAMP without a pattern: `2026-01-31 12:34:56.789` in any length of its numbers, or a date. */
const LOOSE = /^(\d{1,4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?)?$/
const BY_DEFAULT = dateFormat('y-M-d H:m:s', 'time')

function parseLoose(text: string): number | null {
  const match = LOOSE.exec(text)
  if (!match) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match
  const whole = BY_DEFAULT.parse(`${year}-${month}-${day} ${hour}:${minute}:${second}`)
  return whole === null ? null : whole + Number(fraction.slice(0, 3).padEnd(3, '0'))
}

function toTimestamp(text: string, pattern?: string): number | null {
  if (pattern === undefined || pattern === DEFAULT) return parseLoose(text)
  const parsed = format(pattern).parse(text)
  // Flink tries its default where the pattern does not fit.
  return parsed === null ? parseLoose(text) : truncateFraction(parsed, 3)
}

function toDate(text: string, pattern?: string): number | null {
  if (pattern === undefined) return parseDate(text)
  const ms = format(pattern).parse(text)
  return ms === null ? null : dayOf(ms)
}

const TIMESTAMP_OR_TEXT = parameter('TIMESTAMP or STRING', timestamp(3), (type) => (isTimestamp(type) || isText(type) ? type : undefined))
const MIN_64 = -(2n ** 63n)

const dateFormatEntry: FunctionEntry = {
  ...zoned(
    { names: ['DATE_FORMAT'], parameters: [TIMESTAMP_OR_TEXT, TEXT], result: STRING, mayBeNull: true, pattern: [1, 'time'] },
    () => () => null,
  ),
  generate(bound, gen) {
    const { type } = bound.args[0] as Expr
    const zone = zoneOf(gen)
    const run = isText(type)
      ? (text: string, pattern: string) => formatOrNull(parseStrict(text), pattern)
      : type.kind === 'TIMESTAMP_LTZ'
        ? (ms: number, pattern: string) => format(pattern).format(utcToLocal(ms, zone))
        : (ms: number, pattern: string) => format(pattern).format(ms)
    return simple({ names: ['DATE_FORMAT'], parameters: [TIMESTAMP_OR_TEXT, TEXT], result: STRING, mayBeNull: true, run }).generate(
      bound,
      gen,
    )
  },
}

/** DATE_FORMAT of text takes whole timestamps only. */
const parseStrict = (text: string): number | null => (text.includes(' ') ? parseLoose(text) : null)
const formatOrNull = (ms: number | null, pattern: string): string | null => (ms === null ? null : format(pattern).format(ms))

const toTimestampLtz: FunctionEntry = {
  names: ['TO_TIMESTAMP_LTZ'],
  usage: 'TO_TIMESTAMP_LTZ(NUMERIC [, 0 or 3]), TO_TIMESTAMP_LTZ(STRING [, pattern [, zone]])',
  bind(args, context) {
    const [value, second, third] = args
    if (!value || args.length > 3) return context.refuse(`TO_TIMESTAMP_LTZ takes 1 to 3 arguments, not ${args.length}`)
    const numeric = WHOLE.accept(value.type) ?? (['FLOAT', 'DOUBLE', 'DECIMAL'].includes(value.type.kind) ? BIGINT : undefined)
    const type = withNullable(timestampLtz(3), true)
    if (numeric && !isText(value.type)) {
      if (third || (second && !SMALL.accept(second.type)))
        return context.refuse('TO_TIMESTAMP_LTZ of a number takes one more argument: 0 for seconds, 3 for milliseconds')
      if (second?.op === 'literal' && second.value !== 0 && second.value !== 3) {
        return context.refuse(`TO_TIMESTAMP_LTZ knows the precisions 0 (seconds) and 3 (milliseconds), not ${second.value}`)
      }
      return call('TO_TIMESTAMP_LTZ', type, [castTo(value, BIGINT), ...(second ? [second] : [])], context.at)
    }
    if (args.some((arg) => !TEXT.accept(arg.type))) return context.refuse('TO_TIMESTAMP_LTZ takes a number or STRINGs')
    checkPattern(args, 1, 'time', context)
    return call('TO_TIMESTAMP_LTZ', type, args, context.at)
  },
  generate(bound, gen) {
    const run = isText((bound.args[0] as Expr).type) ? textToLtz : numberToLtz
    return simple({
      names: ['TO_TIMESTAMP_LTZ'],
      parameters: [TEXT, TEXT, TEXT],
      required: 1,
      result: timestampLtz(3),
      mayBeNull: true,
      run,
    }).generate(bound, gen)
  },
}

/** From year 1 to 9999; beyond it is NULL. */
function numberToLtz(value: Wide, precision = 3): number | null {
  if (precision !== 0 && precision !== 3) throw new SqlRuntimeError(`TO_TIMESTAMP_LTZ: precision ${precision} is neither 0 nor 3`)
  const ms = Number(value) * (precision === 0 ? 1000 : 1)
  return ms >= -62_135_596_800_000 && ms < 253_402_300_800_000 ? ms : null
}

/** Without a zone the text is UTC, whatever the session's zone is (as Flink 2.2 has it). */
function textToLtz(text: string, pattern?: string, zoneName = 'UTC'): number | null {
  const zone = timeZone(zoneName)
  if (!zone) throw new SqlRuntimeError(`there is no time zone '${zoneName}'`)
  const local = toTimestamp(text, pattern)
  return local === null ? null : localToUtc(local, zone)
}

function convertZone(text: string, from: string, to: string): string | null {
  const [source, target] = [timeZone(from) ?? (timeZone('UTC') as TimeZone), timeZone(to) ?? (timeZone('UTC') as TimeZone)]
  const local = simpleFormat(DEFAULT).parse(text)
  return local === null ? null : simpleFormat(DEFAULT).format(utcToLocal(localToUtc(local, source), target))
}

const unixTimestamp: FunctionEntry = {
  ...zoned(
    { names: ['UNIX_TIMESTAMP'], parameters: [TEXT, TEXT], required: 1, result: BIGINT, pattern: [1, 'simple'] },
    (zone) =>
      (text: string, pattern = DEFAULT) => {
        const local = simpleFormat(pattern).parse(text)
        return local === null ? MIN_64 : Math.floor(localToUtc(local, zone) / 1000)
      },
  ),
}

const unixTimestampEntry: FunctionEntry = {
  ...unixTimestamp,
  bind(args, context) {
    if (args.length === 0) return call('UNIX_TIMESTAMP_NOW', withNullable(BIGINT, false), [], context.at)
    return unixTimestamp.bind(args, context)
  },
}

const unixNow: FunctionEntry = {
  ...simple({ names: ['UNIX_TIMESTAMP_NOW'], parameters: [], result: BIGINT, volatile: true, internal: true, run: () => 0 }),
  generate(_bound, gen) {
    const { now } = gen.session
    const value = gen.code.fresh('v')
    gen.code.line(`const ${value} = ${gen.code.constant(() => Math.floor(now() / 1000), 'now')}()`)
    return { value, isNull: 'false' }
  },
}

export const TIME_TEXT: readonly FunctionEntry[] = [
  dateFormatEntry,
  toTimestampLtz,
  unixTimestampEntry,
  unixNow,
  zoned(
    { names: ['TO_TIMESTAMP'], parameters: [TEXT, TEXT], required: 1, result: timestamp(3), mayBeNull: true, pattern: [1, 'time'] },
    () => toTimestamp,
  ),
  zoned({ names: ['TO_DATE'], parameters: [TEXT, TEXT], required: 1, result: DATE, mayBeNull: true, pattern: [1, 'time'] }, () => toDate),
  zoned(
    { names: ['FROM_UNIXTIME'], parameters: [LONG, TEXT], required: 1, result: STRING, nullableType: true, pattern: [1, 'simple'] },
    (zone) =>
      (seconds: Wide, pattern = DEFAULT) =>
        simpleFormat(pattern).format(utcToLocal(Number(seconds) * 1000, zone)),
  ),
  simple({ names: ['CONVERT_TZ'], parameters: [TEXT, TEXT, TEXT], result: STRING, mayBeNull: true, run: convertZone }),
]
