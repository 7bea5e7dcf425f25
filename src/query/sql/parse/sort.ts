import type { SortItem } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

/**
 * `ORDER BY a DESC NULLS LAST, b`; none where it is not there and need not be.
 * @param form a list; one item, where a comma means something else; or a list in parentheses
 */
export function orderBy(reader: Reader, required = false, form: 'list' | 'one' | 'parentheses' = 'list'): SortItem[] {
  if (required) reader.expect('ORDER')
  else if (!reader.accept('ORDER')) return []
  reader.expect('BY')
  const items = () => reader.list(() => sortItem(reader))
  if (form === 'one') return [sortItem(reader)]
  return form === 'parentheses' ? reader.parenthesised(items) : items()
}

function sortItem(reader: Reader): SortItem {
  const start = reader.start()
  const expression = reader.expression()
  const descending = reader.accept('DESC')
  if (!descending) reader.accept('ASC')
  const nulls = reader.accept('NULLS') ? reader.expectOneOf(['FIRST', 'LAST'] as const) : undefined
  return { kind: 'sortItem', expression, descending, ...optional('nulls', nulls), at: reader.span(start) }
}
