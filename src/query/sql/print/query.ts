import type { GroupBy, GroupItem, Query, QueryBody, Row, Select, SelectItem, SetOperation, Star } from '../ast.ts'
import { orderBy, window } from './calls.ts'
import { from } from './from.ts'
import { columnList, hints, identifier, qualified } from './names.ts'
import type { Printer } from './printer.ts'

/** A whole query. @param separator between its clauses */
export function query(print: Printer, node: Query, separator: string): string {
  const parts: string[] = []
  if (node.with.length > 0) {
    const tables = node.with.map((table) => `${identifier(table.name)}${columnList(table.columns)} AS (${print.query(table.query)})`)
    parts.push(`WITH ${tables.join(`,${separator}`)}`)
  }
  parts.push(body(print, node.body, separator))
  if (node.orderBy.length > 0) parts.push(orderBy(print, node.orderBy))
  // Flink has `LIMIT n OFFSET m`, and an offset alone only with ROWS.
  if (node.limit) parts.push(`LIMIT ${node.limit.text}`)
  if (node.offset) parts.push(`OFFSET ${node.offset.text}${node.limit ? '' : ' ROWS'}`)
  return parts.join(separator)
}

function body(print: Printer, node: QueryBody, separator: string): string {
  switch (node.kind) {
    case 'select':
      return select(print, node, separator)
    case 'values':
      return `VALUES ${node.rows.map((row) => valuesRow(print, row)).join(', ')}`
    case 'tableQuery':
      return `TABLE ${qualified(node.table)}`
    case 'query':
      return `(${print.query(node)})`
    case 'setOperation':
      return setOperation(print, node, separator)
  }
}

function valuesRow(print: Printer, { items }: Row): string {
  const [only] = items
  const written = items.map((item) => print.expression(item)).join(', ')
  return items.length === 1 && only?.kind === 'row' ? `ROW(${written})` : `(${written})`
}

function setOperation(print: Printer, node: SetOperation, separator: string): string {
  const binds = (side: QueryBody) => (side.kind !== 'setOperation' ? 3 : side.operator === 'INTERSECT' ? 2 : 1)
  const own = binds(node)
  const side = (child: QueryBody, least: number) => {
    return binds(child) < least ? `(${body(print, child, ' ')})` : body(print, child, separator)
  }
  const operator = node.all ? `${node.operator} ALL` : node.operator
  return [side(node.left, own), operator, side(node.right, own + 1)].join(separator)
}

function select(print: Printer, node: Select, separator: string): string {
  const items = node.items.map((item) => selectItem(print, item)).join(', ')
  const parts = [`SELECT${hints(node.hints)} ${node.distinct ? 'DISTINCT ' : ''}${items}`]
  if (node.from) parts.push(`FROM ${from(print, node.from)}`)
  if (node.where) parts.push(`WHERE ${print.expression(node.where)}`)
  if (node.groupBy) parts.push(groupBy(print, node.groupBy))
  if (node.having) parts.push(`HAVING ${print.expression(node.having)}`)
  if (node.windows.length > 0) {
    parts.push(`WINDOW ${node.windows.map((named) => `${identifier(named.name)} AS ${window(print, named.window)}`).join(', ')}`)
  }
  if (node.qualify) parts.push(`QUALIFY ${print.expression(node.qualify)}`)
  return parts.join(separator)
}

function selectItem(print: Printer, item: SelectItem | Star): string {
  if (item.kind === 'star') return item.qualifier ? `${qualified(item.qualifier)}.*` : '*'
  return item.alias ? `${print.expression(item.expression)} AS ${identifier(item.alias)}` : print.expression(item.expression)
}

function groupBy(print: Printer, node: GroupBy): string {
  return `GROUP BY ${node.distinct ? 'DISTINCT ' : ''}${groupItems(print, node.items)}`
}

function groupItems(print: Printer, nodes: readonly GroupItem[]): string {
  return nodes.map((node) => groupItem(print, node)).join(', ')
}

function groupItem(print: Printer, node: GroupItem): string {
  switch (node.kind) {
    case 'groupingSet':
      return `(${groupItems(print, node.items)})`
    case 'groupingSets':
      return `GROUPING SETS (${groupItems(print, node.sets)})`
    case 'rollup':
      return `ROLLUP (${groupItems(print, node.items)})`
    case 'cube':
      return `CUBE (${groupItems(print, node.items)})`
    default:
      return print.expression(node)
  }
}
