import { ShitopsError } from '../../base/errors.ts'

const UNITS: ReadonlyArray<readonly [names: readonly string[], ms: number]> = [
  [['d', 'day', 'days'], 86_400_000],
  [['h', 'hour', 'hours'], 3_600_000],
  [['m', 'min', 'minute', 'minutes'], 60_000],
  [['s', 'sec', 'second', 'seconds'], 1000],
  [['', 'ms', 'milli', 'millis', 'millisecond', 'milliseconds'], 1],
  [['µs', 'micro', 'micros', 'microsecond', 'microseconds'], 0.001],
  [['ns', 'nano', 'nanos', 'nanosecond', 'nanoseconds'], 0.000_001],
]

/** A duration as Flink's settings have it: `10 s`, `1d`, `500` (ms). @returns ms @throws SHITOPS_E_SQL_PLAN for anything else */
export function parseFlinkDuration(text: string): number {
  const [, digits, unit] = /^\s*(\d+)\s*([a-zµ]*)\s*$/i.exec(text) ?? []
  const found = UNITS.find(([names]) => names.includes(unit?.toLowerCase() ?? ''))
  if (digits === undefined || !found) {
    throw new ShitopsError('SHITOPS_E_SQL_PLAN', `${JSON.stringify(text)} is no duration`, {
      suggestions: ['10 s, 5 min, 1 d, or milliseconds as a number'],
    })
  }
  return Math.floor(Number(digits) * found[1])
}
