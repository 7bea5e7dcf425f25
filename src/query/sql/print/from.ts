import type { Join, TableExpression } from '../ast.ts'
import { call } from './calls.ts'
import { matchRecognize } from './match-recognize.ts'
import { alias, hints, identifiers, qualified } from './names.ts'
import type { Printer } from './printer.ts'

/** What stands behind FROM. */
export function from(print: Printer, node: TableExpression): string {
  switch (node.kind) {
    case 'table': {
      const time = node.systemTime ? ` FOR SYSTEM_TIME AS OF ${print.expression(node.systemTime)}` : ''
      return `${qualified(node.name)}${hints(node.hints)}${time}${alias(node.alias)}`
    }
    case 'derivedTable':
      return `${node.lateral ? 'LATERAL ' : ''}(${print.query(node.query)})${alias(node.alias)}`
    case 'tableFunction':
      return `${node.lateral ? 'LATERAL ' : ''}TABLE(${call(print, node.call)})${alias(node.alias)}`
    case 'unnest': {
      const operands = node.operands.map((operand) => print.expression(operand)).join(', ')
      return `UNNEST(${operands})${node.ordinality ? ' WITH ORDINALITY' : ''}${alias(node.alias)}`
    }
    case 'matchRecognize':
      return `${node.input.kind === 'matchRecognize' ? `(${from(print, node.input)})` : single(print, node.input)} MATCH_RECOGNIZE (${matchRecognize(print, node)})${alias(node.alias)}`
    case 'join':
      return join(print, node)
  }
}

function join(print: Printer, node: Join): string {
  if (node.type === 'COMMA') {
    const right = node.right.kind === 'join' && node.right.type === 'COMMA' ? single(print, node.right) : from(print, node.right)
    return `${from(print, node.left)}, ${right}`
  }
  const left = node.left.kind === 'join' && node.left.type === 'COMMA' ? single(print, node.left) : from(print, node.left)
  const words = [left, ...(node.natural ? ['NATURAL'] : []), node.type, 'JOIN', single(print, node.right)]
  if (node.on) words.push('ON', print.expression(node.on))
  if (node.using.length > 0) words.push(`USING (${identifiers(node.using)})`)
  return words.join(' ')
}

/** In parentheses where it is more than one table. */
function single(print: Printer, node: TableExpression): string {
  return node.kind === 'join' ? `(${from(print, node)})` : from(print, node)
}
