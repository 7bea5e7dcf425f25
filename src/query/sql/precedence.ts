import type { BinaryOperator, Expression } from './ast.ts'

/**
 * How tightly operators bind in Calcite, which may differ from what one expects: `||` is as tight as `*`, and IS NULL is looser than `=`.
 */
export const OR = 22
export const AND = 24
export const NOT = 26
export const IS = 28
export const COMPARE = 30
/** BETWEEN, IN, LIKE, SIMILAR TO, and a comparison with ANY or ALL. */
export const RANGE = 32
export const ADD = 40
export const MULTIPLY = 60
export const SIGN = 80
/** What needs no parentheses anywhere. */
export const PRIMARY = 100

const OPERATORS: Readonly<Record<BinaryOperator, number>> = {
  OR,
  AND,
  '=': COMPARE,
  '<>': COMPARE,
  '<': COMPARE,
  '<=': COMPARE,
  '>': COMPARE,
  '>=': COMPARE,
  OVERLAPS: COMPARE,
  'MEMBER OF': COMPARE,
  '+': ADD,
  '-': ADD,
  '*': MULTIPLY,
  '/': MULTIPLY,
  '%': MULTIPLY,
  '||': MULTIPLY,
}

export function precedenceOf(operator: BinaryOperator): number {
  return OPERATORS[operator]
}

/** How tightly the outermost operator of an expression binds. */
export function bindingOf(node: Expression): number {
  switch (node.kind) {
    case 'operation':
      return OPERATORS[node.operator]
    case 'unary':
      return node.operator === 'NOT' ? NOT : SIGN
    case 'is':
      return IS
    case 'isDistinct':
      return COMPARE
    case 'between':
    case 'in':
    case 'textMatch':
    case 'quantified':
      return RANGE
    default:
      return PRIMARY
  }
}
