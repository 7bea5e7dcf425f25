import type { Cube, Expression, GroupBy, GroupItem, GroupingSet, NamedWindow, Rollup, Select, SelectItem, Star } from '../ast.ts'
import { qualifiedStar } from './calls.ts'
import { tables } from './from.ts'
import { hints } from './hints.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'
import { windowSpecification } from './window.ts'

/** From the word SELECT to the clause before UNION or ORDER BY. */
export function select(reader: Reader): Select {
  const start = reader.start()
  reader.expect('SELECT')
  const given = hints(reader)
  const distinct = reader.accept('DISTINCT')
  if (!distinct) reader.accept('ALL')
  const items = reader.list(() => item(reader))
  const clauses = reader.accept('FROM') ? clausesOf(reader) : { windows: [] }
  return { kind: 'select', hints: given, distinct, items, ...clauses, at: reader.span(start) }
}

function item(reader: Reader): SelectItem | Star {
  const start = reader.start()
  if (reader.isSymbol('*')) {
    reader.next()
    return { kind: 'star', at: reader.span(start) }
  }
  const star = qualifiedStar(reader)
  if (star) return star
  const expression = reader.expression()
  const alias = reader.accept('AS') || reader.isName() ? reader.identifier('a name') : undefined
  return { kind: 'selectItem', expression, ...optional('alias', alias), at: reader.span(start) }
}

type Clauses = Pick<Select, 'from' | 'where' | 'groupBy' | 'having' | 'windows' | 'qualify'>

function clausesOf(reader: Reader): Clauses {
  const from = tables(reader)
  const where = reader.accept('WHERE') ? reader.expression() : undefined
  const grouped = groupBy(reader)
  const having = reader.accept('HAVING') ? reader.expression() : undefined
  const windows = reader.accept('WINDOW') ? reader.list(() => namedWindow(reader)) : []
  const qualify = reader.accept('QUALIFY') ? reader.expression() : undefined
  return {
    from,
    ...optional('where', where),
    ...optional('groupBy', grouped),
    ...optional('having', having),
    windows,
    ...optional('qualify', qualify),
  }
}

function namedWindow(reader: Reader): NamedWindow {
  const start = reader.start()
  const name = reader.identifier('the name of a window')
  reader.expect('AS')
  return { kind: 'namedWindow', name, window: windowSpecification(reader), at: reader.span(start) }
}

function groupBy(reader: Reader): GroupBy | undefined {
  const start = reader.start()
  if (!reader.accept('GROUP')) return undefined
  reader.expect('BY')
  const distinct = reader.accept('DISTINCT')
  if (!distinct) reader.accept('ALL')
  const items = reader.list(() => groupItem(reader))
  return { kind: 'groupBy', distinct, items, at: reader.span(start) }
}

function groupItem(reader: Reader): GroupItem {
  return reader.nested(() => {
    const start = reader.start()
    if (reader.accept('GROUPING', 'SETS')) {
      const sets = reader.parenthesised(() => reader.list(() => groupItem(reader)))
      return { kind: 'groupingSets', sets, at: reader.span(start) }
    }
    const word = reader.isSymbol('(', 1) ? reader.acceptOneOf(['ROLLUP', 'CUBE'] as const) : undefined
    if (word === undefined) return groupingSet(reader)
    const items = reader.parenthesised(() => reader.list(() => groupingSet(reader)))
    const kind = word === 'ROLLUP' ? 'rollup' : 'cube'
    return { kind, items, at: reader.span(start) } satisfies Rollup | Cube
  })
}

/** `()`, `(a, b)`, or an expression. */
function groupingSet(reader: Reader): Expression | GroupingSet {
  const start = reader.start()
  if (reader.isSymbol('(') && reader.isSymbol(')', 1)) {
    reader.next()
    reader.next()
    return { kind: 'groupingSet', items: [], at: reader.span(start) }
  }
  const found = reader.expression()
  return found.kind === 'row' && found.items.length > 1 ? { kind: 'groupingSet', items: found.items, at: found.at } : found
}
