import { bindType } from '../../../src/query/expr/bind/type.ts'
import { bindValue } from '../../../src/query/expr/bind.ts'
import { compileExpression } from '../../../src/query/expr/compile.ts'
import type { Expr } from '../../../src/query/expr/expr.ts'
import { fieldOf } from '../../../src/query/expr/functions/collection-make.ts'
import { planError } from '../../../src/query/expr/plan-error.ts'
import type { Scope } from '../../../src/query/expr/scope.ts'
import type { Session } from '../../../src/query/expr/session.ts'
import type * as ast from '../../../src/query/sql/ast.ts'
import { parseExpression } from '../../../src/query/sql/parse-script.ts'
import { toJsonRow } from '../../../src/query/types/json-row.ts'
import { nullable } from '../../../src/query/types/make-type.ts'
import type { Column, SqlType } from '../../../src/query/types/sql-type.ts'
import { typeText } from '../../../src/query/types/type-text.ts'

/** Runs one recorded case through parser, binder and generated code, and says what it gives in the words of the case files. */

export const NOW = Date.UTC(2026, 4, 17, 13, 14, 15, 678)

export function sessionOf(timeZone = 'UTC'): Session {
  return { timeZone, now: () => NOW, random: () => 0.5, database: 'default_database' }
}

export function scopeOf(session: Session, columns: readonly Column[] = []): Scope {
  return {
    session,
    column(parts, at) {
      const index = columns.findIndex((column) => column.name === parts[0]?.name)
      const column = columns[index]
      if (!column) throw planError(at, `there is no column '${parts.map((part) => part.name).join('.')}'`)
      const whole: Expr = { op: 'column', type: column.type, input: 0, index }
      return parts.slice(1).reduce<Expr>(
        (row, part) =>
          fieldOf(row, part.name, {
            name: '.',
            at,
            session,
            refuse: (reason) => {
              throw planError(at, reason)
            },
          }),
        whole,
      )
    },
  }
}

export interface Answer {
  type: string
  notNull: boolean
  /** As the case files have it: text as it is, everything else as its JSON text; null for NULL. One for each row. */
  values: (string | null)[]
  source: string
}

export function answer(sql: string, session: Session, columns: readonly Column[] = [], rows: readonly unknown[][] = [[]]): Answer {
  const bound = bindValue(parseExpression(sql), scopeOf(session, columns))
  const run = compileExpression(bound, session)
  return {
    type: caseType(bound.type),
    notNull: !bound.type.nullable,
    values: rows.map((row) => caseValue(run(row), bound.type, session.timeZone)),
    source: run.source,
  }
}

/** A type as the case files write it: nullability is left out, intervals have no precision. */
export function caseType(type: SqlType): string {
  return typeText(stripNotNull(nullable(type)))
    .replaceAll('`', '')
    .replace('INTERVAL SECOND(3)', 'INTERVAL SECOND')
}

function stripNotNull(type: SqlType): SqlType {
  return {
    ...type,
    nullable: true,
    ...(type.element ? { element: stripNotNull(type.element) } : {}),
    ...(type.key ? { key: stripNotNull(type.key) } : {}),
    ...(type.fields ? { fields: type.fields.map((field) => ({ ...field, type: stripNotNull(field.type) })) } : {}),
  }
}

export function caseValue(value: unknown, type: SqlType, zone: string): string | null {
  if (value === null) return null
  const json = toJsonRow(value, type, zone)
  return json.startsWith('"') ? (JSON.parse(json) as string) : json
}

export function columnOf(definition: ast.PhysicalColumn): Column {
  return { name: definition.name.name, type: bindType(definition.type) }
}
