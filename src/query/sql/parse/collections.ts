import type { Expression, MapEntry } from '../ast.ts'
import type { Reader } from './reader.ts'

/** True at ARRAY[, ARRAY(, MAP[ and ROW(. */
export function collectionStarts(reader: Reader): boolean {
  const word = reader.peek().upper
  if (word === 'ARRAY') return reader.isSymbol('[', 1) || reader.isSymbol('(', 1)
  return (word === 'MAP' && reader.isSymbol('[', 1)) || (word === 'ROW' && reader.isSymbol('(', 1))
}

/** `ARRAY[a, b]`, `ARRAY(query)`, `MAP['k', v]`, `ROW(a, b)`. */
export function collection(reader: Reader): Expression {
  const start = reader.start()
  const word = reader.next().upper
  if (word === 'ROW') {
    const items = reader.parenthesised(() => reader.list(() => reader.expression()))
    return { kind: 'row', items, at: reader.span(start) }
  }
  if (word === 'MAP') {
    const entries = bracketed(reader, () => mapEntry(reader))
    return { kind: 'map', entries, at: reader.span(start) }
  }
  if (reader.isSymbol('(')) {
    const query = reader.parenthesised(() => reader.query())
    return { kind: 'arrayQuery', query, at: reader.span(start) }
  }
  const items = bracketed(reader, () => reader.expression())
  return { kind: 'array', items, at: reader.span(start) }
}

function mapEntry(reader: Reader): MapEntry {
  const start = reader.start()
  const key = reader.expression()
  reader.expectSymbol(',')
  const value = reader.expression()
  return { kind: 'mapEntry', key, value, at: reader.span(start) }
}

/** None or more in square brackets. */
function bracketed<T>(reader: Reader, read: () => T): T[] {
  reader.expectSymbol('[')
  const items = reader.isSymbol(']') ? [] : reader.list(read)
  reader.expectSymbol(']')
  return items
}
