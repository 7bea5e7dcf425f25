import { ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'
import { bindCondition, bindExpression } from '../expr/bind.ts'
import type { Expr } from '../expr/expr.ts'
import { fieldOf } from '../expr/functions/collection-make.ts'
import type { Scope } from '../expr/scope.ts'
import type { Session } from '../expr/session.ts'
import type * as ast from '../sql/ast.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Catalog } from './catalog.ts'
import type { Pending } from './pending.ts'
import { refuse } from './refuse.ts'
import { type Relation, refTo, resolve } from './relation.ts'
import { functionName } from './walk.ts'

/** The planner itself, for what is nested in each other: queries are in FROM, and FROM is in queries. */
export interface Planner {
  query(context: PlanContext, query: ast.Query): Relation
  from(context: PlanContext, from: ast.TableExpression, where?: Pending): Relation
  select(context: PlanContext, select: ast.Select): Relation
}

/** What planning of one statement knows: the tables, the session's settings, and the queries of WITH around it. */
export interface PlanContext {
  readonly catalog: Catalog
  /** SET, by key. */
  readonly settings: ReadonlyMap<string, string>
  /** What expressions take from it. */
  readonly session: Session
  readonly with: ReadonlyMap<string, () => Relation>
  readonly planner: Planner
}

/** What an expression may look at beside columns: calls that the planner takes out of it, and names outside of it. */
export interface BindOptions {
  /** Takes the place of a node of the tree, or not. */
  readonly replace?: (node: ast.Expression) => Expr | undefined
}

/** Binds an expression over the columns of a relation. */
export function bind(context: PlanContext, relation: Relation, node: ast.Expression, options: BindOptions = {}): Expr {
  return bindExpression(node, scopeOf(context, relation, options))
}

/** The same, or undefined where the relation has not what it names. */
export function tryBind(context: PlanContext, relation: Relation, node: ast.Expression): Expr | undefined {
  try {
    return bind(context, relation, node)
  } catch (error) {
    if (error instanceof ShitopsError && error.code === 'SHITOPS_E_SQL_PLAN') return undefined
    throw error
  }
}

/** Binds a condition: BOOLEAN, or refused. @param clause WHERE, HAVING, ON: for the message */
export function bindWhen(context: PlanContext, relation: Relation, node: ast.Expression, clause: string, options: BindOptions = {}): Expr {
  return bindCondition(node, scopeOf(context, relation, options), clause)
}

function scopeOf(context: PlanContext, relation: Relation, { replace }: BindOptions): Scope {
  const scope: Scope = {
    session: context.session,
    column: (parts, at) => {
      const names = parts.map(({ name }) => name)
      const { expr, rest } = columnOf(relation, names, { start: at, end: at })
      return rest.reduce<Expr>(
        (operand, name) =>
          fieldOf(operand, name, {
            name: '.',
            at,
            session: context.session,
            refuse: (reason, more) => refuse({ start: at, end: at }, reason, ...(more ?? [])),
          }),
        expr,
      )
    },
    onCall: (node) => {
      if (node.kind === 'call' && functionName(node) === 'CURRENT_WATERMARK') checkWatermark(context, relation, node)
      return replace?.(node)
    },
  }
  return scope
}

/** CURRENT_WATERMARK asks for that of a row time. */
function checkWatermark(context: PlanContext, relation: Relation, node: ast.Call): void {
  const [argument] = node.arguments
  const time = argument?.kind === 'column' ? bind(context, relation, argument) : undefined
  if (time?.op === 'column' && relation.plan.columns[time.index]?.time === 'row') return
  refuse(node.at, 'CURRENT_WATERMARK takes a row time', "a column with WATERMARK FOR it in the table's CREATE TABLE")
}

/** A column by its name, and the fields of a ROW behind it. */
export function columnOf(relation: Relation, parts: readonly string[], at: ast.Span): { expr: Expr; rest: readonly string[] } {
  const found = resolve(relation.fields, parts)
  const [one, another] = found
  if (!one) unknownColumn(relation, parts, at)
  if (another) refuse(at, `column ${parts.join('.')} is ambiguous: more than one table has it`, 'write the table before it, as in t.name')
  return { expr: refTo(relation.plan, one.index), rest: one.rest }
}

function unknownColumn(relation: Relation, parts: readonly string[], at: ast.Span): never {
  const names = [...new Set(relation.fields.map(({ name, qualifier }) => (parts.length > 1 && qualifier ? `${qualifier}.${name}` : name)))]
  const wanted = parts.join('.')
  const like = nearest(wanted, names)
  refuse(
    at,
    `there is no column ${wanted}`,
    ...(like ? [`did you mean ${like}?`] : []),
    names.length > 0 ? `there are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}` : 'FROM gives no columns',
  )
}

/** The constant value of an expression, or a refusal that says what is wanted there. */
export function constant(context: PlanContext, node: ast.Expression, wanted: string, fits: (type: SqlType) => boolean): unknown {
  const nothing: Relation = { plan: { step: 'values', rows: [], columns: [], changing: false, unique: [] }, fields: [] }
  const expr = bind(context, nothing, node)
  if (expr.op !== 'literal' || expr.value === null || !fits(expr.type)) refuse(node.at, `${wanted} is wanted here, as a constant`)
  return expr.value
}
