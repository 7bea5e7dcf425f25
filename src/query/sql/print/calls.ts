import type { Call, CallArgument, Expression, SortItem, WindowFrame, WindowSpecification } from '../ast.ts'
import { PRIMARY } from '../precedence.ts'
import { isReservedFunction } from '../reserved.ts'
import { identifier, identifiers, qualified } from './names.ts'
import type { Printer } from './printer.ts'
import { dataType } from './types.ts'

/** Not reserved, and in backticks they would be somebody's own function. */
const BARE = new Set(['TUMBLE', 'HOP', 'SESSION', 'FIRST', 'LAST'])
/** The parser reads these in their own way, with so many arguments at least and at most. */
const OWN_SYNTAX: Readonly<Record<string, readonly [number, number]>> = { FLOOR: [1, 1], CEIL: [1, 1], SUBSTRING: [2, 3] }
const NEVER_BARE = new Set(['CEILING', 'CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP', 'USER'])

export function call(print: Printer, node: Call): string {
  const given = node.arguments.map((item) => argument(print, item)).join(', ')
  const sorted = node.orderBy.length === 0 ? '' : ` ${orderBy(print, node.orderBy)}`
  const parts = [`${functionName(node)}(${node.distinct ? 'DISTINCT ' : ''}${given}${sorted})`]
  if (node.nulls !== undefined) parts.push(`${node.nulls} NULLS`)
  if (node.withinGroup.length > 0) parts.push(`WITHIN GROUP (${orderBy(print, node.withinGroup)})`)
  if (node.filter) parts.push(`FILTER (WHERE ${print.expression(node.filter)})`)
  if (node.over) parts.push(`OVER ${node.over.kind === 'identifier' ? identifier(node.over) : window(print, node.over)}`)
  return parts.join(' ')
}

function functionName(node: Call): string {
  const [first] = node.name.parts
  if (node.name.parts.length > 1 || !first) return qualified(node.name)
  const [least, most] = (Object.hasOwn(OWN_SYNTAX, first.name) && OWN_SYNTAX[first.name]) || [1, 0]
  if (node.arguments.length >= least && node.arguments.length <= most && !node.distinct && node.orderBy.length === 0) return first.name
  const upper = first.name.toUpperCase()
  if (NEVER_BARE.has(upper) || Object.hasOwn(OWN_SYNTAX, upper)) return identifier(first)
  return isReservedFunction(upper) || BARE.has(upper) ? first.name : identifier(first)
}

function argument(print: Printer, node: CallArgument): string {
  switch (node.kind) {
    case 'star':
      return node.qualifier ? `${qualified(node.qualifier)}.*` : '*'
    case 'namedArgument':
      return `${identifier(node.name)} => ${argument(print, node.value)}`
    case 'descriptor':
      return `DESCRIPTOR(${identifiers(node.columns)})`
    case 'default':
      return 'DEFAULT'
    case 'tableArgument': {
      const parts = [node.table.kind === 'name' ? `TABLE ${qualified(node.table)}` : `(${print.query(node.table)})`]
      const keys = node.partitionBy.map((key) => print.expression(key)).join(', ')
      if (keys !== '') parts.push(`PARTITION BY ${enclosed(keys, node.partitionBy.length)}`)
      if (node.orderBy.length > 0) parts.push(`ORDER BY ${enclosed(sortItems(print, node.orderBy), node.orderBy.length)}`)
      return parts.join(' ')
    }
    default:
      return print.expression(node)
  }
}

/** Several are in parentheses there, and one is where it begins with one of its own. */
function enclosed(written: string, count: number): string {
  return count > 1 || written.startsWith('(') ? `(${written})` : written
}

export function orderBy(print: Printer, nodes: readonly SortItem[]): string {
  return `ORDER BY ${sortItems(print, nodes)}`
}

function sortItems(print: Printer, nodes: readonly SortItem[]): string {
  return nodes
    .map(({ expression, descending, nulls }) => {
      return `${print.expression(expression)}${descending ? ' DESC' : ''}${nulls === undefined ? '' : ` NULLS ${nulls}`}`
    })
    .join(', ')
}

/** In its parentheses. */
export function window(print: Printer, node: WindowSpecification): string {
  const parts: string[] = []
  if (node.base) parts.push(identifier(node.base))
  if (node.partitionBy.length > 0) parts.push(`PARTITION BY ${node.partitionBy.map((key) => print.expression(key)).join(', ')}`)
  if (node.orderBy.length > 0) parts.push(orderBy(print, node.orderBy))
  if (node.frame) parts.push(frame(print, node.frame))
  return `(${parts.join(' ')})`
}

function frame(print: Printer, { units, start, end }: WindowFrame): string {
  const [from, to] = [start, end].map(({ offset, type }) => (offset ? `${print.expression(offset)} ${type}` : type))
  return `${units} BETWEEN ${from} AND ${to}`
}

type Special = Extract<
  Expression,
  { kind: 'cast' | 'extract' | 'roundToUnit' | 'position' | 'trim' | 'overlay' | 'timestampAdd' | 'timestampDiff' }
>

/** Functions with words in place of commas. */
export function special(print: Printer, node: Special): string {
  const write = (part: Expression) => print.expression(part)
  switch (node.kind) {
    case 'cast':
      return `${node.safe ? 'TRY_CAST' : 'CAST'}(${write(node.operand)} AS ${dataType(node.type)})`
    case 'extract':
      return `EXTRACT(${node.unit} FROM ${write(node.operand)})`
    case 'roundToUnit':
      return `${node.direction}(${beforeTo(print, node.operand)} TO ${node.unit})`
    case 'position': {
      const from = node.from ? ` FROM ${write(node.from)}` : ''
      return `POSITION(${print.expression(node.part, PRIMARY)} IN ${write(node.text)}${from})`
    }
    case 'trim':
      return `TRIM(${node.side} ${node.characters ? `${write(node.characters)} ` : ''}FROM ${write(node.text)})`
    case 'overlay': {
      const length = node.for ? ` FOR ${write(node.for)}` : ''
      return `OVERLAY(${write(node.text)} PLACING ${write(node.by)} FROM ${write(node.from)}${length})`
    }
    case 'timestampAdd':
      return `TIMESTAMPADD(${node.unit}, ${write(node.count)}, ${write(node.time)})`
    case 'timestampDiff':
      return `TIMESTAMPDIFF(${node.unit}, ${write(node.from)}, ${write(node.to)})`
  }
}

/** `INTERVAL '1' DAY TO SECOND` would be one interval, so only plain operands go without parentheses. */
function beforeTo(print: Printer, operand: Expression): string {
  const written = print.expression(operand)
  return operand.kind === 'column' || operand.kind === 'cast' || operand.kind === 'systemValue' ? written : `(${written})`
}
