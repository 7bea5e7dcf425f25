import type { IntervalLiteral, IntervalQualifier, IntervalUnit } from '../../sql/ast.ts'
import { planError } from '../plan-error.ts'

const MS: Readonly<Partial<Record<IntervalUnit, number>>> = { DAY: 86_400_000, HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1000 }
const UNITS: readonly IntervalUnit[] = ['DAY', 'HOUR', 'MINUTE', 'SECOND']
const MOST: Readonly<Partial<Record<IntervalUnit, number>>> = { MONTH: 11, HOUR: 23, MINUTE: 59, SECOND: 59 }

export const isMonths = (qualifier: IntervalQualifier): boolean => ['YEAR', 'QUARTER', 'MONTH'].includes(qualifier.from)

/** One unit: months, or ms. WEEK and QUARTER are refused: Flink 2.2 reads `INTERVAL '1' WEEK` as an hour, and a quarter as a month. */
export function intervalUnit(qualifier: IntervalQualifier): number {
  const { from } = qualifier
  if (from === 'YEAR') return 12
  if (from === 'MONTH') return 1
  const ms = MS[from]
  if (ms !== undefined) return ms
  const instead = from === 'WEEK' ? "INTERVAL '7' DAY" : "INTERVAL '3' MONTH"
  throw planError(qualifier.at.start, `INTERVAL … ${from} is not supported, since Flink reads it wrongly`, [`write ${instead}`])
}

/** Months or ms of the literal, exactly. */
export function intervalValue(ast: IntervalLiteral): number {
  const { qualifier } = ast
  const unit = intervalUnit(qualifier)
  const text = ast.text.trim()
  const minus = ast.negative !== text.startsWith('-')
  const body = text.replace(/^[+-]/, '')
  const value = qualifier.to === undefined ? single(body, unit, ast) : range(body, ast)
  return (minus ? -value : value) + 0
}

function bad(ast: IntervalLiteral, why = ''): Error {
  const { from, to } = ast.qualifier
  return planError(ast.at.start, `'${ast.text}' is no INTERVAL ${from}${to ? ` TO ${to}` : ''}${why}`)
}

function checkDigits(digits: string, ast: IntervalLiteral): void {
  const most = ast.qualifier.precision ?? 2
  const { from } = ast.qualifier
  const significant = digits.replace(/^0+(?=\d)/, '')
  if (significant.length > most) throw bad(ast, `: ${from} has ${most} digits unless it says more: ${from}(${significant.length})`)
}

function single(body: string, unit: number, ast: IntervalLiteral): number {
  const isSecond = ast.qualifier.from === 'SECOND'
  const match = (isSecond ? /^(\d+)(?:\.(\d{1,9}))?$/ : /^(\d+)$/).exec(body)
  if (!match) throw bad(ast)
  const [, whole = '0', fraction = ''] = match
  checkDigits(whole, ast)
  return Number(whole) * unit + Number(fraction.slice(0, 3).padEnd(3, '0')) * (isSecond ? 1 : 0)
}

function range(body: string, ast: IntervalLiteral): number {
  const { from, to } = ast.qualifier
  if (from === 'YEAR') {
    const match = /^(\d+)-(\d+)$/.exec(body)
    if (!match || Number(match[2]) > 11) throw bad(ast)
    checkDigits(match[1] as string, ast)
    return Number(match[1]) * 12 + Number(match[2])
  }
  const units = UNITS.slice(UNITS.indexOf(from), UNITS.indexOf(to as IntervalUnit) + 1)
  const match = /^(\d+)(?:[ :](\d+))?(?::(\d+))?(?::(\d+))?(?:\.(\d{1,9}))?$/.exec(body)
  const parts = match?.slice(1, 5).filter((part) => part !== undefined) ?? []
  if (!match || parts.length !== units.length || (match[5] !== undefined && to !== 'SECOND')) throw bad(ast)
  checkDigits(parts[0] as string, ast)
  let ms = Number((match[5] ?? '').slice(0, 3).padEnd(3, '0'))
  for (const [i, unit] of units.entries()) {
    if (i > 0 && Number(parts[i]) > (MOST[unit] ?? 0)) throw bad(ast)
    ms += Number(parts[i]) * (MS[unit] ?? 0)
  }
  return ms
}
