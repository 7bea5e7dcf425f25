import type { Pattern, PatternRepeat } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

/** A row pattern: `A (B | C)+? D{2,}`. */
export function pattern(reader: Reader): Pattern {
  return reader.nested(() => {
    const start = reader.start()
    const items = [sequence(reader)]
    while (reader.acceptSymbol('|')) items.push(sequence(reader))
    const [first] = items
    return items.length === 1 && first ? first : { kind: 'patternAlternation', items, at: reader.span(start) }
  })
}

function sequence(reader: Reader): Pattern {
  const start = reader.start()
  const items = [repeated(reader)]
  while (startsFactor(reader)) items.push(repeated(reader))
  const [first] = items
  return items.length === 1 && first ? first : { kind: 'patternSequence', items, at: reader.span(start) }
}

/** A lone `$` is the end of the partition, not a variable. */
function startsFactor(reader: Reader): boolean {
  if (reader.isSymbol('(') || (reader.isSymbol('{') && reader.isSymbol('-', 1)) || reader.isWords('PERMUTE')) return true
  return reader.isName() && reader.peek().upper !== '$'
}

function repeated(reader: Reader): Pattern {
  const start = reader.start()
  const operand = factor(reader)
  const times = quantifier(reader)
  if (!times) return operand
  return { kind: 'patternRepeat', operand, ...times, reluctant: reader.acceptSymbol('?'), at: reader.span(start) }
}

function factor(reader: Reader): Pattern {
  const start = reader.start()
  if (reader.isSymbol('(')) return reader.parenthesised(() => pattern(reader))
  if (reader.acceptSymbol('{')) {
    reader.expectSymbol('-')
    const operand = pattern(reader)
    reader.expectSymbol('-')
    reader.expectSymbol('}')
    return { kind: 'patternExclude', operand, at: reader.span(start) }
  }
  if (reader.accept('PERMUTE')) {
    const items = reader.parenthesised(() => reader.list(() => pattern(reader)))
    return { kind: 'patternPermute', items, at: reader.span(start) }
  }
  if (reader.isWords('$')) throw reader.unexpected('a pattern variable')
  return { kind: 'patternVariable', name: reader.identifier('a pattern variable'), at: reader.span(start) }
}

function quantifier(reader: Reader): Pick<PatternRepeat, 'min' | 'max'> | undefined {
  if (reader.acceptSymbol('*')) return { min: 0 }
  if (reader.acceptSymbol('+')) return { min: 1 }
  if (reader.acceptSymbol('?')) return { min: 0, max: 1 }
  if (!reader.isSymbol('{') || reader.isSymbol('-', 1)) return undefined
  const start = reader.start()
  reader.next()
  const from = reader.isSymbol(',') ? undefined : reader.integer('a number of rows')
  let to = from
  if (reader.acceptSymbol(',')) to = from !== undefined && reader.isSymbol('}') ? undefined : reader.integer('a number of rows')
  reader.expectSymbol('}')
  if (from !== undefined && to !== undefined && from > to)
    throw reader.error(`at least ${from} and at most ${to} rows cannot be`, reader.span(start))
  return { min: from ?? 0, ...optional('max', to) }
}
