import type { DataType, Expression, Script, Statement } from './ast.ts'
import { expression } from './print/expression.ts'
import type { Printer } from './print/printer.ts'
import { query } from './print/query.ts'
import { statement } from './print/statement.ts'
import { dataType } from './print/types.ts'

const printer: Printer = {
  expression: (node, binding = 0) => expression(printer, node, binding),
  query: (node, separator = ' ') => query(printer, node, separator),
}

/**
 * A statement as Flink SQL, without a semicolon: one clause a line, keywords in upper case, backticks and parentheses only where they are
 * needed. Parsing it gives the same tree, except for places.
 */
export function printStatement(node: Statement): string {
  return statement(printer, node)
}

/** All statements of a script, each with its semicolon. */
export function printScript(node: Script): string {
  return node.statements.map((one) => `${printStatement(one)};\n`).join('\n')
}

/** An expression in one line. */
export function printExpression(node: Expression): string {
  return printer.expression(node)
}

/** A data type in one line: `DECIMAL(10, 2) NOT NULL`. */
export function printDataType(node: DataType): string {
  return dataType(node)
}
