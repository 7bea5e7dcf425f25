import type { IntervalLiteral, IntervalOf, IntervalQualifier, IntervalUnit } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

const UNITS: readonly IntervalUnit[] = ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND']

/** The last unit of a range by its first, as the SQL standard has them. */
const ENDS: Partial<Record<IntervalUnit, readonly IntervalUnit[]>> = {
  YEAR: ['MONTH'],
  DAY: ['HOUR', 'MINUTE', 'SECOND'],
  HOUR: ['MINUTE', 'SECOND'],
  MINUTE: ['SECOND'],
}

/** Behind the word INTERVAL: `'10' SECOND`, `-'1-2' YEAR TO MONTH`, `10 SECOND`, `(a + 1) DAY`. */
export function interval(reader: Reader): IntervalLiteral | IntervalOf {
  // The word INTERVAL is where the node begins.
  const start = reader.peek(-1).at.start
  const negative = reader.acceptSymbol('-')
  if (!negative) reader.acceptSymbol('+')
  if (reader.peek().kind === 'string') {
    const text = reader.next().text
    const qualifier = intervalQualifier(reader)
    return { kind: 'interval', negative, text, qualifier, at: reader.span(start) }
  }
  if (negative || !(reader.peek().kind === 'number' || reader.isSymbol('(') || reader.isName())) {
    throw reader.unexpected("a string such as '10'")
  }
  // A number, a column or an expression in parentheses: no operators, they would take the unit for a name.
  const value = reader.expression(Number.POSITIVE_INFINITY)
  return { kind: 'intervalOf', value, qualifier: intervalQualifier(reader), at: reader.span(start) }
}

export function intervalQualifier(reader: Reader): IntervalQualifier {
  const start = reader.start()
  const from = unit(reader, UNITS)
  let precision: number | undefined
  let fraction: number | undefined
  if (reader.acceptSymbol('(')) {
    precision = reader.integer()
    if (from === 'SECOND' && reader.acceptSymbol(',')) fraction = reader.integer()
    reader.expectSymbol(')')
  }
  const ends = ENDS[from]
  const to = ends && reader.accept('TO') ? unit(reader, ends) : undefined
  if (to === 'SECOND' && reader.acceptSymbol('(')) {
    fraction = reader.integer()
    reader.expectSymbol(')')
  }
  return {
    kind: 'intervalQualifier',
    from,
    ...optional('precision', precision),
    ...optional('to', to),
    ...optional('fraction', fraction),
    at: reader.span(start),
  }
}

function unit(reader: Reader, units: readonly IntervalUnit[]): IntervalUnit {
  for (const unit of units) if (reader.accept(unit) || reader.accept(`${unit}S`)) return unit
  throw reader.unexpected()
}
