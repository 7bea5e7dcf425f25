import type { Case, Expression, Literal } from '../ast.ts'
import { bindingOf, COMPARE, IS, NOT, PRIMARY, precedenceOf, RANGE, SIGN } from '../precedence.ts'
import { call, special } from './calls.ts'
import { json } from './json.ts'
import { identifier, text } from './names.ts'
import type { Printer } from './printer.ts'
import { intervalQualifier } from './types.ts'

/** An expression, in parentheses where the place binds tighter than it does. */
export function expression(print: Printer, node: Expression, binding: number): string {
  const written = bare(print, node)
  return bindingOf(node) < binding ? `(${written})` : written
}

function bare(print: Printer, node: Expression): string {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'binary':
    case 'boolean':
    case 'null':
    case 'temporal':
    case 'interval':
      return literal(node)
    case 'column':
      return node.parts.map(identifier).join('.')
    case 'unary':
      // Two signs side by side would be a comment.
      return node.operator === 'NOT'
        ? `NOT ${print.expression(node.operand, NOT)}`
        : `${node.operator}${print.expression(node.operand, SIGN + 1)}`
    case 'operation': {
      const binding = precedenceOf(node.operator)
      if (node.operator === 'OVERLAPS') return `${period(print, node.left)} OVERLAPS ${period(print, node.right)}`
      return `${print.expression(node.left, binding)} ${node.operator} ${print.expression(node.right, binding + 1)}`
    }
    case 'is':
    case 'isDistinct':
    case 'between':
    case 'in':
    case 'textMatch':
    case 'quantified':
      return predicate(print, node)
    case 'case':
      return caseOf(print, node)
    case 'field':
      return `${accessed(print, node.operand)}.${identifier(node.field)}`
    case 'element':
      return `${accessed(print, node.operand)}[${print.expression(node.index)}]`
    case 'exists':
      return `EXISTS (${print.query(node.query)})`
    case 'subquery':
      return `(${print.query(node.query)})`
    case 'row':
      return `ROW(${list(print, node.items)})`
    case 'array':
      return `ARRAY[${list(print, node.items)}]`
    case 'arrayQuery':
      return `ARRAY(${print.query(node.query)})`
    case 'map':
      return `MAP[${node.entries.map(({ key, value }) => `${print.expression(key)}, ${print.expression(value)}`).join(', ')}]`
    case 'intervalOf': {
      const value = print.expression(node.value)
      return `INTERVAL ${node.value.kind === 'number' ? value : `(${value})`} ${intervalQualifier(node.qualifier)}`
    }
    case 'systemValue':
      return node.precision === undefined ? node.name : `${node.name}(${node.precision})`
    case 'call':
      return call(print, node)
    case 'matchSemantics':
      return `${node.semantics} ${call(print, node.operand)}`
    case 'jsonExists':
    case 'jsonValue':
    case 'jsonQuery':
    case 'jsonObject':
    case 'jsonArray':
    case 'jsonObjectAgg':
    case 'jsonArrayAgg':
      return json(print, node)
    default:
      return special(print, node)
  }
}

function literal(node: Literal): string {
  switch (node.kind) {
    case 'number':
      return node.text
    case 'string':
      return text(node.value)
    case 'binary':
      return `X'${node.hex}'`
    case 'boolean':
      return node.value === null ? 'UNKNOWN' : node.value ? 'TRUE' : 'FALSE'
    case 'null':
      return 'NULL'
    case 'temporal':
      return `${node.type === 'TIMESTAMP_LTZ' ? 'TIMESTAMP WITH LOCAL TIME ZONE' : node.type} ${text(node.text)}`
    case 'interval':
      return `INTERVAL ${node.negative ? '-' : ''}${text(node.text)} ${intervalQualifier(node.qualifier)}`
  }
}

type Predicate = Extract<Expression, { kind: 'is' | 'isDistinct' | 'between' | 'in' | 'textMatch' | 'quantified' }>

function predicate(print: Printer, node: Predicate): string {
  if (node.kind === 'quantified') {
    return `${print.expression(node.operand, RANGE + 1)} ${node.operator} ${node.quantifier} (${set(print, node.set)})`
  }
  const not = node.negated ? 'NOT ' : ''
  switch (node.kind) {
    case 'is':
      return `${print.expression(node.operand, IS)} IS ${not}${node.test}`
    case 'isDistinct':
      return `${print.expression(node.left, COMPARE)} IS ${not}DISTINCT FROM ${print.expression(node.right, COMPARE + 1)}`
    case 'in':
      return `${print.expression(node.operand, RANGE + 1)} ${not}IN (${set(print, node.set)})`
    case 'between': {
      const range = `${print.expression(node.low, RANGE + 1)} AND ${print.expression(node.high, RANGE + 1)}`
      return `${print.expression(node.operand, RANGE + 1)} ${not}BETWEEN ${node.symmetric ? 'SYMMETRIC ' : ''}${range}`
    }
    case 'textMatch': {
      const escaping = node.escape ? ` ESCAPE ${print.expression(node.escape, RANGE + 1)}` : ''
      return `${print.expression(node.operand, RANGE + 1)} ${not}${node.operator} ${print.expression(node.pattern, RANGE + 1)}${escaping}`
    }
  }
}

function set(print: Printer, node: Extract<Expression, { kind: 'in' }>['set']): string {
  return 'kind' in node ? print.query(node) : list(print, node)
}

function caseOf(print: Printer, node: Case): string {
  const parts = ['CASE']
  if (node.operand) parts.push(print.expression(node.operand))
  for (const { when, result } of node.branches) parts.push(`WHEN ${list(print, when)} THEN ${print.expression(result)}`)
  if (node.else) parts.push(`ELSE ${print.expression(node.else)}`)
  return `${parts.join(' ')} END`
}

/** What stands before a dot or a bracket. A column before a dot would be a longer column. */
function accessed(print: Printer, node: Expression): string {
  const isPlain = node.kind === 'field' || node.kind === 'element' || node.kind === 'array' || node.kind === 'map'
  return isPlain ? print.expression(node, PRIMARY) : `(${print.expression(node)})`
}

/** A side of OVERLAPS: Flink takes no word ROW there. */
function period(print: Printer, node: Expression): string {
  return node.kind === 'row' && node.items.length > 1 ? `(${list(print, node.items)})` : print.expression(node, COMPARE + 1)
}

function list(print: Printer, nodes: readonly Expression[]): string {
  return nodes.map((node) => print.expression(node)).join(', ')
}
