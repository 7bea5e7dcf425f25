import { decimalText } from '../../types/decimal-value.ts'
import { doubleText } from '../../types/number-text.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Wide } from '../../types/wide-integer.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'

const SPEC = /%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g

/** java.util.Formatter's `%s %d %x %o %c %b %f %e %n %%` with flags, width and precision. Others fail rather than print something else. */
export function printf(format: string, values: readonly unknown[], types: readonly SqlType[]): string | null {
  let next = 0
  return format.replace(
    SPEC,
    (all, index: string | undefined, flags: string, width: string | undefined, precision: string | undefined, letter: string) => {
      if (letter === '%') return '%'
      if (letter === 'n') return '\n'
      const i = index === undefined ? next++ : Number(index) - 1
      if (i >= values.length) throw new SqlRuntimeError(`PRINTF: there is no value for '${all}'`)
      const text = convert(letter, flags, precision === undefined ? undefined : Number(precision), values[i], types[i] as SqlType, all)
      return padTo(text, flags, Number(width ?? 0), letter)
    },
  )
}

function convert(letter: string, flags: string, precision: number | undefined, value: unknown, type: SqlType, spec: string): string {
  const upper = letter !== letter.toLowerCase()
  const text = value === null ? 'null' : plain(letter.toLowerCase(), flags, precision, value, type, spec)
  return upper ? text.toUpperCase() : text
}

function plain(letter: string, flags: string, precision: number | undefined, value: unknown, type: SqlType, spec: string): string {
  switch (letter) {
    case 's':
      return displayed(value, type).slice(0, precision)
    case 'b':
      return typeof value === 'boolean' ? String(value) : 'true'
    case 'd':
      return signed(BigInt(integerOf(value, type, spec)).toString(), flags)
    case 'x':
      return hexOf(integerOf(value, type, spec), type)
    case 'c':
      return String.fromCodePoint(Number(integerOf(value, type, spec)))
    case 'f':
      return signed(fixed(value, type, precision ?? 6, spec), flags)
    case 'e':
      return signed(
        Number(realOf(value, type, spec))
          .toExponential(precision ?? 6)
          .replace(/e([+-])(\d)$/, 'e$10$2'),
        flags,
      )
    default:
      throw new SqlRuntimeError(`PRINTF: '${spec}' is not supported; use %s, %d, %x, %f, %e, %b or %c`)
  }
}

function displayed(value: unknown, type: SqlType): string {
  if (type.kind === 'DECIMAL') return decimalText(value as Wide, type.scale ?? 0)
  return type.kind === 'DOUBLE' || type.kind === 'FLOAT' ? doubleText(value as number) : String(value)
}

function integerOf(value: unknown, type: SqlType, spec: string): Wide {
  if (['TINYINT', 'SMALLINT', 'INT', 'BIGINT'].includes(type.kind)) return value as Wide
  throw new SqlRuntimeError(`PRINTF: '${spec}' needs an integer`)
}

function realOf(value: unknown, type: SqlType, spec: string): string {
  if (['FLOAT', 'DOUBLE', 'DECIMAL'].includes(type.kind)) return displayed(value, type)
  throw new SqlRuntimeError(`PRINTF: '${spec}' needs a number with a fraction`)
}

/** Java rounds HALF_UP on the decimal text of the double. */
function fixed(value: unknown, type: SqlType, precision: number, spec: string): string {
  const text = String(Number(realOf(value, type, spec)))
  const [whole = '0', fraction = ''] = text.split('.')
  if (/[eNI]/.test(text) || fraction.length <= precision) return Number(text).toFixed(precision)
  const kept = BigInt(whole.replace('-', '') + fraction.slice(0, precision)) + (Number(fraction[precision]) >= 5 ? 1n : 0n)
  const digits = String(kept).padStart(precision + 1, '0')
  const body = precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`
  return text.startsWith('-') ? `-${body}` : body
}

function hexOf(value: Wide, type: SqlType): string {
  return BigInt.asUintN(type.kind === 'BIGINT' ? 64 : 32, BigInt(value)).toString(16)
}

function signed(text: string, flags: string): string {
  const grouped = flags.includes(',') ? text.replace(/\B(?=(\d{3})+(?!\d))/g, ',') : text
  if (grouped.startsWith('-')) return grouped
  return flags.includes('+') ? `+${grouped}` : flags.includes(' ') ? ` ${grouped}` : grouped
}

function padTo(text: string, flags: string, width: number, letter: string): string {
  if (text.length >= width) return text
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0') || letter === 's') return text.padStart(width)
  const sign = /^[+-]/.test(text) ? (text[0] as string) : ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}
