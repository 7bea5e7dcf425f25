import type { AfterMatch, MatchRecognize, Measure, PatternDefinition, PatternSubset, TableExpression } from '../ast.ts'
import { interval } from './interval.ts'
import { optional } from './optional.ts'
import { pattern } from './pattern.ts'
import type { Reader } from './reader.ts'
import { orderBy } from './sort.ts'

/** The parentheses behind MATCH_RECOGNIZE. */
export function matchRecognize(reader: Reader, input: TableExpression): MatchRecognize {
  const start = input.at.start
  return reader.parenthesised(() => {
    const partitionBy = reader.accept('PARTITION') ? partition(reader) : []
    const sorted = orderBy(reader)
    const measures = reader.accept('MEASURES') ? reader.list(() => measure(reader)) : []
    const rows = rowsPerMatch(reader)
    const after = afterMatch(reader)
    reader.expect('PATTERN')
    reader.expectSymbol('(')
    const anchorStart = reader.acceptSymbol('^')
    const matched = pattern(reader)
    const anchorEnd = reader.accept('$')
    reader.expectSymbol(')')
    const within = reader.accept('WITHIN') ? withinInterval(reader) : undefined
    const subsets = reader.accept('SUBSET') ? reader.list(() => subset(reader)) : []
    reader.expect('DEFINE')
    const define = reader.list(() => definition(reader))
    return {
      kind: 'matchRecognize',
      input,
      partitionBy,
      orderBy: sorted,
      measures,
      ...optional('rows', rows),
      ...optional('after', after),
      pattern: matched,
      anchorStart,
      anchorEnd,
      ...optional('within', within),
      subsets,
      define,
      at: reader.span(start),
    }
  })
}

function partition(reader: Reader): MatchRecognize['partitionBy'] {
  reader.expect('BY')
  return reader.list(() => reader.expression())
}

function measure(reader: Reader): Measure {
  const start = reader.start()
  const expression = reader.expression()
  reader.expect('AS')
  return { kind: 'measure', expression, alias: reader.identifier('the name of a measure'), at: reader.span(start) }
}

function rowsPerMatch(reader: Reader): 'ONE' | 'ALL' | undefined {
  const rows = reader.acceptOneOf(['ONE', 'ALL'] as const)
  if (rows !== undefined) reader.expect(rows === 'ONE' ? 'ROW' : 'ROWS', 'PER', 'MATCH')
  return rows
}

function afterMatch(reader: Reader): AfterMatch | undefined {
  const start = reader.start()
  if (!reader.accept('AFTER')) return undefined
  reader.expect('MATCH', 'SKIP')
  if (reader.accept('PAST')) {
    reader.expect('LAST', 'ROW')
    return { kind: 'afterMatch', skip: 'PAST LAST ROW', at: reader.span(start) }
  }
  reader.expect('TO')
  if (reader.accept('NEXT')) {
    reader.expect('ROW')
    return { kind: 'afterMatch', skip: 'NEXT ROW', at: reader.span(start) }
  }
  // FIRST and LAST may be names of variables themselves: then nothing that is a name follows.
  const skip = reader.isName(1) ? (reader.acceptOneOf(['FIRST', 'LAST'] as const) ?? 'LAST') : 'LAST'
  return { kind: 'afterMatch', skip, variable: reader.identifier('a pattern variable'), at: reader.span(start) }
}

function withinInterval(reader: Reader): NonNullable<MatchRecognize['within']> {
  reader.expect('INTERVAL')
  const found = interval(reader)
  if (found.kind === 'intervalOf') throw reader.error('WITHIN needs an interval with its number in quotes', found.at)
  return found
}

/** `U = (A, B)`. */
function subset(reader: Reader): PatternSubset {
  const start = reader.start()
  const name = reader.identifier('the name of a subset')
  reader.expectSymbol('=')
  return { kind: 'patternSubset', name, variables: reader.names('a pattern variable'), at: reader.span(start) }
}

function definition(reader: Reader): PatternDefinition {
  const start = reader.start()
  const variable = reader.identifier('a pattern variable')
  reader.expect('AS')
  return { kind: 'patternDefinition', variable, condition: reader.expression(), at: reader.span(start) }
}
