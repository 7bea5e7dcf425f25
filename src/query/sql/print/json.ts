import type { Expression, JsonEntry, JsonNulls, JsonValueFallback } from '../ast.ts'
import { orderBy } from './calls.ts'
import type { Printer } from './printer.ts'
import { dataType } from './types.ts'

type Json = Extract<
  Expression,
  { kind: 'jsonExists' | 'jsonValue' | 'jsonQuery' | 'jsonObject' | 'jsonArray' | 'jsonObjectAgg' | 'jsonArrayAgg' }
>

export function json(print: Printer, node: Json): string {
  switch (node.kind) {
    case 'jsonExists':
      return `JSON_EXISTS(${inputAndPath(print, node)}${clause(node.onError, 'ON ERROR')})`
    case 'jsonValue': {
      const parts = [inputAndPath(print, node)]
      if (node.returning) parts.push(`RETURNING ${dataType(node.returning)}`)
      if (node.onEmpty) parts.push(`${fallback(print, node.onEmpty)} ON EMPTY`)
      if (node.onError) parts.push(`${fallback(print, node.onError)} ON ERROR`)
      return `JSON_VALUE(${parts.join(' ')})`
    }
    case 'jsonQuery': {
      const returning = node.returning ? ` RETURNING ${dataType(node.returning)}` : ''
      const wrapper = node.wrapper === undefined ? '' : ` ${node.wrapper === 'WITHOUT' ? 'WITHOUT' : `WITH ${node.wrapper}`} ARRAY WRAPPER`
      const after = `${clause(node.onEmpty, 'ON EMPTY')}${clause(node.onError, 'ON ERROR')}`
      return `JSON_QUERY(${inputAndPath(print, node)}${returning}${wrapper}${after})`
    }
    case 'jsonObject': {
      const entries = node.entries.map((item) => entry(print, item)).join(', ')
      return `JSON_OBJECT(${entries}${nulls(node.onNull)})`
    }
    case 'jsonArray': {
      const items = node.items.map((item) => print.expression(item)).join(', ')
      return `JSON_ARRAY(${items}${nulls(node.onNull)})`
    }
    case 'jsonObjectAgg':
      return `JSON_OBJECTAGG(${entry(print, node.entry)}${nulls(node.onNull)})`
    case 'jsonArrayAgg': {
      const sorted = node.orderBy.length === 0 ? '' : ` ${orderBy(print, node.orderBy)}`
      return `JSON_ARRAYAGG(${print.expression(node.item)}${sorted}${nulls(node.onNull)})`
    }
  }
}

function inputAndPath(print: Printer, { input, path }: { input: Expression; path: Expression }): string {
  return `${print.expression(input)}, ${print.expression(path)}`
}

function fallback(print: Printer, { type, value }: JsonValueFallback): string {
  return value ? `${type} ${print.expression(value)}` : type
}

function entry(print: Printer, { key, value }: JsonEntry): string {
  const written = print.expression(key)
  // `KEY (…` would be a call.
  return `${/^[-+(]/.test(written) ? '' : 'KEY '}${written} VALUE ${print.expression(value)}`
}

function nulls(onNull: JsonNulls | undefined): string {
  return clause(onNull, 'ON NULL')
}

function clause(word: string | undefined, behind: string): string {
  return word === undefined ? '' : ` ${word} ${behind}`
}
