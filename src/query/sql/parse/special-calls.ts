import type { CaseBranch, Expression, Identifier, Position, TimeUnit } from '../ast.ts'
import { PRIMARY } from '../precedence.ts'
import { jsonCall } from './json.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'
import { dataType } from './types.ts'

const UNITS: Readonly<Record<string, TimeUnit>> = {
  ...Object.fromEntries(
    (
      [
        'NANOSECOND',
        'MICROSECOND',
        'MILLISECOND',
        'SECOND',
        'MINUTE',
        'HOUR',
        'DAY',
        'WEEK',
        'MONTH',
        'QUARTER',
        'YEAR',
        'DECADE',
        'CENTURY',
        'MILLENNIUM',
        'DOW',
        'ISODOW',
        'DOY',
        'ISOYEAR',
        'EPOCH',
      ] as const satisfies readonly TimeUnit[]
    ).map((unit) => [unit, unit]),
  ),
  DAYOFWEEK: 'DOW',
  DAYOFYEAR: 'DOY',
  SQL_TSI_SECOND: 'SECOND',
  SQL_TSI_MINUTE: 'MINUTE',
  SQL_TSI_HOUR: 'HOUR',
  SQL_TSI_DAY: 'DAY',
  SQL_TSI_WEEK: 'WEEK',
  SQL_TSI_MONTH: 'MONTH',
  SQL_TSI_QUARTER: 'QUARTER',
  SQL_TSI_YEAR: 'YEAR',
}

type Rule = (reader: Reader, start: Position) => Expression

const RULES: Readonly<Record<string, Rule>> = {
  CASE: caseOf,
  CAST: (reader, start) => cast(reader, start, false),
  TRY_CAST: (reader, start) => cast(reader, start, true),
  EXTRACT: extract,
  FLOOR: (reader, start) => round(reader, start, 'FLOOR'),
  CEIL: (reader, start) => round(reader, start, 'CEIL'),
  CEILING: (reader, start) => round(reader, start, 'CEIL'),
  SUBSTRING: substring,
  POSITION: position,
  TRIM: trim,
  OVERLAY: overlay,
  TIMESTAMPADD: timestampAdd,
  TIMESTAMPDIFF: timestampDiff,
  EXISTS: exists,
}

/** A function with a syntax of its own, where the word here is one's name; CASE too. */
export function specialCall(reader: Reader): Expression | undefined {
  const word = reader.peek().upper
  const rule = Object.hasOwn(RULES, word) ? RULES[word] : undefined
  if (!rule) return jsonCall(reader)
  const start = reader.start()
  reader.next()
  return rule(reader, start)
}

function caseOf(reader: Reader, start: Position): Expression {
  const operand = reader.isWords('WHEN') ? undefined : reader.expression()
  const branches: CaseBranch[] = []
  do branches.push(branch(reader, operand !== undefined))
  while (reader.isWords('WHEN'))
  const otherwise = reader.accept('ELSE') ? reader.expression() : undefined
  reader.expect('END')
  return { kind: 'case', ...optional('operand', operand), branches, ...optional('else', otherwise), at: reader.span(start) }
}

function branch(reader: Reader, several: boolean): CaseBranch {
  const start = reader.start()
  reader.expect('WHEN')
  const when = several ? reader.list(() => reader.expression()) : [reader.expression()]
  reader.expect('THEN')
  return { kind: 'caseBranch', when, result: reader.expression(), at: reader.span(start) }
}

function cast(reader: Reader, start: Position, safe: boolean): Expression {
  return reader.parenthesised(() => {
    const operand = reader.expression()
    reader.expect('AS')
    return closing(reader, start, { kind: 'cast', safe, operand, type: dataType(reader) })
  })
}

function extract(reader: Reader, start: Position): Expression {
  return reader.parenthesised(() => {
    const unit = timeUnit(reader)
    reader.expect('FROM')
    return closing(reader, start, { kind: 'extract', unit, operand: reader.expression() })
  })
}

function round(reader: Reader, start: Position, direction: 'FLOOR' | 'CEIL'): Expression {
  const name: Identifier = { kind: 'identifier', name: direction, at: reader.span(start) }
  return reader.parenthesised(() => {
    const operand = reader.expression()
    if (reader.accept('TO')) return closing(reader, start, { kind: 'roundToUnit', direction, operand, unit: timeUnit(reader) })
    return plain(reader, start, name, [operand])
  })
}

function substring(reader: Reader, start: Position): Expression {
  const name: Identifier = { kind: 'identifier', name: 'SUBSTRING', at: reader.span(start) }
  return reader.parenthesised(() => {
    const given = [reader.expression()]
    if (reader.accept('FROM')) {
      given.push(reader.expression())
      if (reader.accept('FOR')) given.push(reader.expression())
    } else {
      reader.expectSymbol(',')
      given.push(reader.expression())
      if (reader.acceptSymbol(',')) given.push(reader.expression())
    }
    return plain(reader, start, name, given)
  })
}

/** Flink takes no operators in the part, so that IN is not one of them. */
function position(reader: Reader, start: Position): Expression {
  return reader.parenthesised(() => {
    const part = reader.expression(PRIMARY)
    reader.expect('IN')
    const text = reader.expression()
    const from = reader.accept('FROM') ? reader.expression() : undefined
    return closing(reader, start, { kind: 'position', part, text, ...optional('from', from) })
  })
}

function trim(reader: Reader, start: Position): Expression {
  return reader.parenthesised(() => {
    const side = reader.acceptOneOf(['BOTH', 'LEADING', 'TRAILING'] as const)
    let characters: Expression | undefined
    if (side === undefined || !reader.isWords('FROM')) {
      const first = reader.expression()
      if (side === undefined && !reader.isWords('FROM')) return closing(reader, start, { kind: 'trim', side: 'BOTH', text: first })
      characters = first
    }
    reader.expect('FROM')
    const text = reader.expression()
    return closing(reader, start, { kind: 'trim', side: side ?? 'BOTH', ...optional('characters', characters), text })
  })
}

function overlay(reader: Reader, start: Position): Expression {
  return reader.parenthesised(() => {
    const text = reader.expression()
    reader.expect('PLACING')
    const by = reader.expression()
    reader.expect('FROM')
    const from = reader.expression()
    const length = reader.accept('FOR') ? reader.expression() : undefined
    return closing(reader, start, { kind: 'overlay', text, by, from, ...optional('for', length) })
  })
}

function timestampAdd(reader: Reader, start: Position): Expression {
  const [unit, count, time] = unitAndTwo(reader)
  return { kind: 'timestampAdd', unit, count, time, at: reader.span(start) }
}

function timestampDiff(reader: Reader, start: Position): Expression {
  const [unit, from, to] = unitAndTwo(reader)
  return { kind: 'timestampDiff', unit, from, to, at: reader.span(start) }
}

function unitAndTwo(reader: Reader): [TimeUnit, Expression, Expression] {
  return reader.parenthesised(() => {
    const unit = timeUnit(reader)
    reader.expectSymbol(',')
    const first = reader.expression()
    reader.expectSymbol(',')
    return [unit, first, reader.expression()]
  })
}

function exists(reader: Reader, start: Position): Expression {
  const query = reader.parenthesised(() => reader.query())
  return { kind: 'exists', query, at: reader.span(start) }
}

function timeUnit(reader: Reader): TimeUnit {
  const token = reader.peek()
  const unit = token.kind === 'word' && Object.hasOwn(UNITS, token.upper) ? UNITS[token.upper] : undefined
  if (unit === undefined) throw reader.unexpected('a unit of time such as SECOND, HOUR or DAY')
  reader.next()
  return unit
}

function plain(reader: Reader, start: Position, part: Identifier, given: readonly Expression[]): Expression {
  const name = { kind: 'name', parts: [part], at: part.at } as const
  return closing(reader, start, { kind: 'call', name, distinct: false, arguments: given, orderBy: [], withinGroup: [] })
}

type Open<T> = T extends Expression ? Omit<T, 'at'> : never

/** The node ends with the parenthesis that comes next. */
function closing(reader: Reader, start: Position, node: Open<Expression>): Expression {
  if (!reader.isSymbol(')')) throw reader.unexpected('")"')
  return { ...node, at: { start, end: reader.peek().at.end } } as Expression
}
