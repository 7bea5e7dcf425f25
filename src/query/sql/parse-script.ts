import type { Expression, Node, Script, Statement } from './ast.ts'
import { expression } from './parse/expression.ts'
import { query } from './parse/query.ts'
import { Reader } from './parse/reader.ts'
import { statement } from './parse/statement.ts'

/** How high a tree may be: what walks it recursively stays far from the end of the stack. */
export const MAX_HEIGHT = 1_500

/**
 * The statements of a Flink SQL script, with semicolons between. Throws SHITOPS_E_SQL_SYNTAX with line and column
 * ({@link SqlSyntaxError}), and nothing else.
 */
export function parseScript(source: string): Script {
  const reader = new Reader(source, { expression, query })
  const start = reader.start()
  const statements: Statement[] = []
  for (;;) {
    while (reader.acceptSymbol(';')) {}
    if (reader.peek().kind === 'end') break
    const found = statement(reader)
    checkHeight(reader, found)
    statements.push(found)
    if (reader.peek().kind !== 'end' && !reader.acceptSymbol(';')) throw reader.unexpected()
  }
  return { kind: 'script', statements, at: reader.span(start) }
}

/** One expression, as a rule or a test may have it alone. Throws as {@link parseScript} does. */
export function parseExpression(source: string): Expression {
  const reader = new Reader(source, { expression, query })
  const found = reader.expression()
  if (reader.peek().kind !== 'end') throw reader.unexpected('the end')
  checkHeight(reader, found)
  return found
}

/** Nesting is bounded where it is read; this bounds what is read in a loop, such as a sum of ten thousand terms. */
function checkHeight(reader: Reader, root: Node): void {
  const open: object[] = [root]
  const heights = [0]
  for (let node = open.pop(); node; node = open.pop()) {
    const height = heights.pop() ?? 0
    if (height > MAX_HEIGHT) {
      const advice = 'write a long chain of conditions as IN (…), and a long UNION as several INSERT INTO'
      throw reader.error(`more than ${MAX_HEIGHT} operators build on each other`, root.at, [advice])
    }
    for (const key in node) {
      if (key === 'at') continue
      const value: unknown = (node as Record<string, unknown>)[key]
      if (typeof value !== 'object' || value === null) continue
      open.push(value)
      // A list and a node of it are one step.
      heights.push(Array.isArray(node) ? height : height + 1)
    }
  }
}
