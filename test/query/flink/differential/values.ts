import type { SqlType } from '../../../../src/query/types/sql-type.ts'
import type { Random } from './random.ts'

/** How odd the values of one input are. */
export interface Oddness {
  /** Share of NULLs in columns that may have them. */
  readonly nulls: number
  /** Share of numbers at the ends of their types. */
  readonly extremes: number
  /** Share of values taken from the case's own input: what its literals compare with. */
  readonly recorded: number
}

const TEXTS = ['a', 'b', 'x', 'y', '', ' ', 'Ä', 'ß', '日本', '😀', 'é', 'a"b', "o'k", 'a\\b', '10', 'NULL', 'zz']

/** One value as JSON text. @param pool JSON texts of the column in the recorded input */
export function jsonValue(random: Random, type: SqlType, pool: readonly string[], odd: Oddness): string {
  if (type.nullable && random.chance(odd.nulls)) return 'null'
  const recorded = type.nullable && odd.nulls > 0 ? pool : pool.filter((text) => text !== 'null')
  if (recorded.length > 0 && (random.chance(odd.recorded) || !isGenerated(type))) return random.pick(recorded)
  return fresh(random, type, odd)
}

function isGenerated({ kind, element }: SqlType): boolean {
  if (kind === 'ARRAY') return element !== undefined && isGenerated(element)
  return ['BOOLEAN', 'INT', 'BIGINT', 'DOUBLE', 'DECIMAL', 'VARCHAR', 'TIMESTAMP', 'ROW'].includes(kind)
}

function fresh(random: Random, type: SqlType, odd: Oddness): string {
  switch (type.kind) {
    case 'BOOLEAN':
      return String(random.chance(0.5))
    case 'INT':
      return random.chance(odd.extremes) ? random.pick(['2147483647', '-2147483648', '0']) : String(random.int(-3, 12))
    case 'BIGINT':
      return random.chance(odd.extremes)
        ? random.pick(['9223372036854775807', '-9223372036854775808', '9007199254740993'])
        : String(random.int(-5, 10_000_000_000))
    case 'DOUBLE':
      return random.chance(odd.extremes)
        ? random.pick(['1.0E308', '-1.0E308', '1.0E-300', '-0.0', '1.0E16', '123456789.125', '1.0E-7'])
        : String(random.chance(0.5) ? random.int(-6, 24) / 2 : random.int(-99, 999) / 10)
    case 'DECIMAL':
      return decimal(random, type.precision ?? 10, type.scale ?? 0, odd)
    case 'VARCHAR':
      return JSON.stringify(random.pick(TEXTS))
    case 'TIMESTAMP':
      return JSON.stringify(timeText(Date.UTC(2026, 0, 1) + random.int(0, 100_000)))
    case 'ARRAY':
      return `[${Array.from({ length: random.int(0, 3) }, () => jsonValue(random, type.element as SqlType, [], odd)).join(',')}]`
    case 'ROW':
      return `{${(type.fields ?? []).map((field) => `${JSON.stringify(field.name)}:${jsonValue(random, field.type, [], odd)}`).join(',')}}`
    default:
      return 'null'
  }
}

function decimal(random: Random, precision: number, scale: number, odd: Oddness): string {
  if (random.chance(odd.extremes)) return JSON.stringify(`${'9'.repeat(precision - scale)}.${'9'.repeat(scale)}`)
  const digits = String(random.int(0, 99_999)).padStart(scale + 1, '0')
  const sign = random.chance(0.3) ? '-' : ''
  return JSON.stringify(`${sign}${digits.slice(0, digits.length - scale)}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`)
}

/** As format json with timestamp-format.standard ISO-8601 reads it. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1)
}
