import type { MatchRecognize, Pattern, PatternRepeat } from '../ast.ts'
import { orderBy } from './calls.ts'
import { identifier, identifiers } from './names.ts'
import type { Printer } from './printer.ts'

/** What stands in the parentheses of MATCH_RECOGNIZE. */
export function matchRecognize(print: Printer, node: MatchRecognize): string {
  const parts: string[] = []
  if (node.partitionBy.length > 0) parts.push(`PARTITION BY ${node.partitionBy.map((key) => print.expression(key)).join(', ')}`)
  if (node.orderBy.length > 0) parts.push(orderBy(print, node.orderBy))
  if (node.measures.length > 0) {
    parts.push(`MEASURES ${node.measures.map((item) => `${print.expression(item.expression)} AS ${identifier(item.alias)}`).join(', ')}`)
  }
  if (node.rows !== undefined) parts.push(node.rows === 'ONE' ? 'ONE ROW PER MATCH' : 'ALL ROWS PER MATCH')
  if (node.after) parts.push(`AFTER MATCH SKIP ${skip(node.after)}`)
  parts.push(`PATTERN (${node.anchorStart ? '^ ' : ''}${pattern(node.pattern, 0)}${node.anchorEnd ? ' $' : ''})`)
  if (node.within) parts.push(`WITHIN ${print.expression(node.within)}`)
  if (node.subsets.length > 0) {
    parts.push(`SUBSET ${node.subsets.map((subset) => `${identifier(subset.name)} = (${identifiers(subset.variables)})`).join(', ')}`)
  }
  parts.push(`DEFINE ${node.define.map((item) => `${identifier(item.variable)} AS ${print.expression(item.condition)}`).join(', ')}`)
  return parts.join(' ')
}

function skip(node: NonNullable<MatchRecognize['after']>): string {
  if (node.skip === 'PAST LAST ROW') return node.skip
  return node.variable ? `TO ${node.skip} ${identifier(node.variable)}` : `TO ${node.skip}`
}

const ALTERNATION = 1
const SEQUENCE = 2
const FACTOR = 3

/** @param binding how tightly the place binds: looser patterns get parentheses */
function pattern(node: Pattern, binding: number): string {
  switch (node.kind) {
    case 'patternVariable':
      return identifier(node.name)
    case 'patternAlternation':
      return grouped(node.items.map((item) => pattern(item, ALTERNATION + 1)).join(' | '), ALTERNATION, binding)
    case 'patternSequence':
      return grouped(node.items.map((item) => pattern(item, SEQUENCE + 1)).join(' '), SEQUENCE, binding)
    case 'patternRepeat': {
      const operand = pattern(node.operand, node.operand.kind === 'patternRepeat' ? FACTOR + 2 : FACTOR)
      return grouped(`${operand}${quantifier(node)}`, FACTOR, binding)
    }
    case 'patternPermute':
      return `PERMUTE(${node.items.map((item) => pattern(item, 0)).join(', ')})`
    case 'patternExclude':
      return `{- ${pattern(node.operand, 0)} -}`
  }
}

function grouped(written: string, own: number, binding: number): string {
  return own < binding ? `(${written})` : written
}

function quantifier({ min, max, reluctant }: PatternRepeat): string {
  const behind = reluctant ? '?' : ''
  if (max === undefined) return (min === 0 ? '*' : min === 1 ? '+' : `{${min},}`) + behind
  if (min === 0 && max === 1) return `?${behind}`
  return (min === max ? `{${min}}` : `{${min},${max}}`) + behind
}
