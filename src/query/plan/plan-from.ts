import type * as ast from '../sql/ast.ts'
import { calc } from './calc.ts'
import { bind, type PlanContext } from './context.ts'
import { planSubquery } from './correlated.ts'
import { Pending } from './pending.ts'
import { joinOf, planJoin, planTemporalJoin } from './plan-join.ts'
import { planMatch } from './plan-match.ts'
import { tableRows } from './plan-table.ts'
import { planWindowFunction } from './plan-window-function.ts'
import { refuse } from './refuse.ts'
import { named, type Relation, refTo, unit } from './relation.ts'

/** What FROM gives: its columns under the names of the tables. */
export function planFrom(context: PlanContext, from: ast.TableExpression, where: Pending = new Pending([])): Relation {
  switch (from.kind) {
    case 'table':
      if (from.systemTime) refuse(from.systemTime.at, 'FOR SYSTEM_TIME AS OF belongs to the right side of a JOIN')
      return planTable(context, from)
    case 'derivedTable':
      return aliased(context.planner.query(context, from.query), from.alias)
    case 'tableFunction':
      return aliased(planWindowFunction(context, from.call), from.alias)
    case 'matchRecognize':
      return aliased(planMatch(context, from, planFrom(context, from.input)), from.alias)
    case 'unnest':
      return planUnnest(context, unit(), from, false)
    case 'join':
      return planJoined(context, from, where)
  }
}

export function planTable(context: PlanContext, table: ast.TableReference): Relation {
  const name = table.name.parts.at(-1)?.name ?? ''
  const relation = tableRows(context, table.name, table.hints)
  return named(
    relation.plan,
    table.alias?.name.name ?? name,
    aliasColumns(relation, table.alias) ?? relation.fields.map((field) => field.name),
  )
}

function aliased(relation: Relation, alias: ast.Alias | undefined): Relation {
  const names = aliasColumns(relation, alias) ?? relation.fields.map(({ name }) => name)
  return named(relation.plan, alias?.name.name, names)
}

function aliasColumns(relation: Relation, alias: ast.Alias | undefined): string[] | undefined {
  if (!alias || alias.columns.length === 0) return undefined
  if (alias.columns.length !== relation.fields.length)
    refuse(alias.at, `${alias.name.name} names ${alias.columns.length} columns of ${relation.fields.length}`)
  return alias.columns.map(({ name }) => name)
}

function planJoined(context: PlanContext, join: ast.Join, where: Pending): Relation {
  const inner = join.type === 'INNER' || join.type === 'CROSS' || join.type === 'COMMA'
  const left = planFrom(context, join.left, inner ? where : undefined)
  const outer = join.type === 'LEFT'
  if (join.right.kind === 'unnest') {
    if (join.type === 'RIGHT' || join.type === 'FULL')
      refuse(join.at, `${join.type} JOIN UNNEST is not possible`, 'CROSS JOIN or LEFT JOIN … ON TRUE')
    return planUnnest(context, left, join.right, outer)
  }
  if (join.right.kind === 'tableFunction' && join.right.lateral) {
    refuse(join.right.at, 'LATERAL TABLE needs a table function of the user, and there are none here', 'UNNEST takes a collection apart')
  }
  if (join.right.kind === 'derivedTable' && join.right.lateral) {
    if (!inner && join.type !== 'LEFT') refuse(join.right.at, `${join.type} JOIN LATERAL is not possible`, 'JOIN or LEFT JOIN LATERAL')
    return planLateral(context, join, left, join.right)
  }
  if (join.right.kind === 'table' && join.right.systemTime) {
    return planTemporalJoin(context, join, left, planTable(context, join.right), join.right.systemTime)
  }
  return planJoin(context, join, left, planFrom(context, join.right), inner ? where : new Pending([]))
}

/** A query in FROM that looks at the tables before it: joined with them by what it compares. */
function planLateral(context: PlanContext, join: ast.Join, left: Relation, right: ast.DerivedTable): Relation {
  const found = planSubquery(context, left, right.query)
  if ('plain' in found) return planJoin(context, join, left, aliased(found.plain, right.alias), new Pending([]))
  const { relation, own, on, computed } = found.correlated
  const isTrue = !join.on || (join.on.kind === 'boolean' && join.on.value)
  if (!isTrue) refuse(join.at, 'a LATERAL query is joined ON TRUE', 'put the condition into its WHERE')
  const type = computed || join.type === 'LEFT' ? 'LEFT' : 'INNER'
  const both = joinOf(context, type, left, relation, on, right.at)
  const width = left.plan.columns.length
  const columns = computed ?? relation.fields.slice(0, own).map(({ name }, i) => ({ name, expr: refTo(both.plan, width + i) }))
  const plan = calc(both.plan, [
    ...left.plan.columns.map(({ name }, i) => ({ name, expr: refTo(both.plan, i) })),
    ...columns.map(({ name, expr }) => ({ name, expr })),
  ])
  const names = right.alias?.columns.map(({ name }) => name) ?? []
  if (names.length > 0 && names.length !== columns.length) refuse(right.at, `the alias names ${names.length} columns of ${columns.length}`)
  const fields = columns.map(({ name }, i) => ({ name: names[i] ?? name, ...(right.alias && { qualifier: right.alias.name.name }) }))
  return { plan, fields: [...left.fields, ...fields] }
}

/** The rows of the left side, each with the elements of a collection. */
function planUnnest(context: PlanContext, left: Relation, unnest: ast.Unnest, outer: boolean): Relation {
  const [operand, another] = unnest.operands
  if (!operand || another) refuse(unnest.at, 'UNNEST takes one collection here')
  const collection = bind(context, left, operand)
  const { kind, element, key } = collection.type
  if (!element || !['ARRAY', 'MULTISET', 'MAP'].includes(kind))
    refuse(operand.at, `UNNEST takes an ARRAY, MAP or MULTISET, and this is ${kind}`)
  const parts =
    kind === 'MAP' && key
      ? [
          { name: 'KEY', type: key },
          { name: 'VALUE', type: element },
        ]
      : element.kind === 'ROW'
        ? [...(element.fields ?? [])]
        : [{ name: 'EXPR$0', type: element }]
  const columns = parts.map(({ name, type }) => ({ name, type: outer ? { ...type, nullable: true } : type }))
  if (unnest.ordinality) columns.push({ name: 'ORDINALITY', type: { kind: 'INT', nullable: outer } })
  const plan = {
    step: 'unnest' as const,
    input: left.plan,
    collection,
    outer,
    ordinality: unnest.ordinality,
    columns: [...left.plan.columns, ...columns],
    changing: left.plan.changing,
    unique: [],
    ...(left.plan.window && { window: left.plan.window }),
  }
  const names = unnest.alias?.columns.map(({ name }) => name) ?? []
  if (names.length > columns.length) refuse(unnest.at, `UNNEST gives ${columns.length} columns, and ${names.length} are named`)
  const fields = columns.map(({ name }, i) => ({ name: names[i] ?? name, ...(unnest.alias && { qualifier: unnest.alias.name.name }) }))
  return { plan, fields: [...left.fields, ...fields] }
}
