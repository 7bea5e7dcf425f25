import { CodeWriter, type ColumnSource } from './code-writer.ts'
import type { Expr } from './expr.ts'
import { generateExpression } from './generate.ts'
import type { Session } from './session.ts'

/** Rows of one input or two as arrays; the value of the expression, null for NULL. Throws SqlRuntimeError. */
export type CompiledExpression = ((row?: readonly unknown[], right?: readonly unknown[]) => unknown) & {
  /** The generated JavaScript. */
  readonly source: string
}

/** Columns as elements of the arrays `row0` and `row1`. */
export const rowArrays: ColumnSource = (input, index, writer) => {
  const name = writer.fresh('c')
  writer.head(`const ${name} = row${input}[${index}]`)
  return { value: name, isNull: `${name} === null` }
}

/** One expression as a function of row arrays. Operators generate larger functions with a CodeWriter of their own. */
export function compileExpression(expr: Expr, session: Session): CompiledExpression {
  const writer = new CodeWriter((input, index, each) => {
    const column = rowArrays(input, index, each)
    const isNull = each.fresh('n')
    each.head(`const ${isNull} = ${column.isNull}`)
    return { value: column.value, isNull }
  })
  const { value, isNull } = generateExpression(expr, writer, session)
  writer.line(isNull === 'false' ? `return ${value}` : isNull === 'true' ? 'return null' : `return ${isNull} ? null : ${value}`)
  return writer.build<CompiledExpression>(['row0', 'row1'], 'expression')
}
