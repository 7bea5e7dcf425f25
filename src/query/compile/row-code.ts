import { CodeWriter, type ColumnSource } from '../expr/code-writer.ts'
import type { Expr, Generated } from '../expr/expr.ts'
import { generateExpression } from '../expr/generate.ts'
import type { Session } from '../expr/session.ts'
import type { Row } from '../operators/operator.ts'
import { eachColumn } from '../plan/exprs.ts'

/** A compiled step over rows, with its text for `analyze explain --js`. */
export type Compiled<T> = T & { readonly source: string }

/** Columns of `row0` and `row1`, each read once, before anything else; one that is never NULL is not tested for it. */
export function rowColumns(nullable: (input: number, index: number) => boolean): ColumnSource {
  return (input, index, writer) => {
    const value = writer.fresh('c')
    writer.head(`const ${value} = row${input}[${index}]`)
    if (!nullable(input, index)) return { value, isNull: 'false' }
    const isNull = writer.fresh('n')
    writer.head(`const ${isNull} = ${value} === null`)
    return { value, isNull }
  }
}

/** What an expression gives as a value with null for NULL. */
export const orNull = ({ value, isNull }: Generated): string =>
  isNull === 'false' ? value : isNull === 'true' ? 'null' : `(${isNull} ? null : ${value})`

/** True only where the condition is TRUE: NULL and FALSE are alike to a filter. */
export const isTrue = ({ value, isNull }: Generated): string =>
  isNull === 'false' ? value : isNull === 'true' ? 'false' : `!${isNull} && ${value}`

/** Filter and projection of a row: the new row, or undefined where the filter is not true. */
export function compileRow(
  filter: Expr | undefined,
  projection: readonly Expr[],
  session: Session,
): Compiled<(row: Row) => Row | undefined> {
  const writer = new CodeWriter(rowColumns(nullableIn([...(filter ? [filter] : []), ...projection])))
  if (filter) writer.line(`if (!(${isTrue(generateExpression(filter, writer, session))})) return undefined`)
  writer.line(`return [${projection.map((expr) => orNull(generateExpression(expr, writer, session))).join(', ')}]`)
  return writer.build(['row0'], 'calc')
}

/** A condition over the left row and the right row of a join. */
export function compileCondition(condition: Expr, session: Session): Compiled<(left: Row, right: Row) => boolean> {
  const writer = new CodeWriter(rowColumns(nullableIn([condition])))
  writer.line(`return ${isTrue(generateExpression(condition, writer, session))}`)
  return writer.build(['row0', 'row1'], 'condition')
}

/** One value of a row. */
export function compileValue(expr: Expr, session: Session): Compiled<(row: Row) => unknown> {
  const writer = new CodeWriter(rowColumns(nullableIn([expr])))
  writer.line(`return ${orNull(generateExpression(expr, writer, session))}`)
  return writer.build(['row0'], 'value')
}

/** What the references themselves say of their columns. */
function nullableIn(exprs: readonly Expr[]): (input: number, index: number) => boolean {
  const nullable = new Set<string>()
  for (const expr of exprs) eachColumn(expr, ({ input, index, type }) => type.nullable && nullable.add(`${input}.${index}`))
  return (input, index) => nullable.has(`${input}.${index}`)
}
