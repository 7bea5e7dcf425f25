import type { Expr } from '../expr/expr.ts'
import type { WindowSpec } from '../operators/windows.ts'
import type * as ast from '../sql/ast.ts'
import { at } from './calc.ts'
import { bind, type PlanContext } from './context.ts'
import { columnRef } from './exprs.ts'
import type { SessionSpec } from './nodes.ts'
import { assigned, interval } from './plan-window-function.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'
import { functionName, walk } from './walk.ts'

/** `GROUP BY TUMBLE(ts, INTERVAL …)`, as Flink had it before window table functions, and TUMBLE_START(…) beside it. */
export interface LegacyWindow {
  /** The rows with the columns of their window. */
  readonly relation: Relation
  /** The window's borders, where the node is the window of GROUP BY. */
  keys(node: ast.Expression): Expr[] | undefined
  /** The column that TUMBLE_START, TUMBLE_END, TUMBLE_ROWTIME … mean. */
  readonly replace: (node: ast.Expression) => Expr | undefined
}

const WINDOWS = ['TUMBLE', 'HOP', 'SESSION']
const PARTS: Readonly<Record<string, number>> = { START: 0, END: 1, ROWTIME: 2 }

export function legacyWindow(
  context: PlanContext,
  rows: Relation,
  groupBy: readonly ast.Expression[],
  nodes: readonly ast.Expression[],
): LegacyWindow | undefined {
  const found = groupBy.filter((node): node is ast.Call => node.kind === 'call' && WINDOWS.includes(functionName(node)))
  const [call] = found
  if (!call) {
    for (const node of nodes) walk(node, (inner) => refuseAlone(inner))
    return undefined
  }
  const { time, spec } = specOf(context, rows, call, groupBy)
  const relation = assigned(context, rows, time, spec)
  const first = rows.plan.columns.length
  const column = (part: number): Expr => columnRef(first + part, at(relation.plan.columns, first + part).type)
  const kind = functionName(call)
  return {
    relation,
    keys: (node) =>
      node.kind === 'call' && functionName(node) === kind && found.includes(node) ? [column(0), column(1), column(2)] : undefined,
    replace: (node) => {
      if (node.kind !== 'call') return undefined
      const [, window, name] = /^(TUMBLE|HOP|SESSION)_(START|END|ROWTIME|PROCTIME)$/.exec(functionName(node)) ?? []
      if (window === undefined || name === undefined) return undefined
      const part = PARTS[name]
      if (window !== kind || part === undefined) refuse(node.at, `${functionName(node)} belongs to no window of this GROUP BY`)
      return column(part)
    },
  }
}

function refuseAlone(node: ast.Expression): boolean {
  if (node.kind === 'call' && /^(TUMBLE|HOP|SESSION)_(START|END|ROWTIME|PROCTIME)$/.test(functionName(node))) {
    refuse(
      node.at,
      `${functionName(node)} needs its window in GROUP BY`,
      'window_start and window_end of TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL …))',
    )
  }
  return true
}

function specOf(
  context: PlanContext,
  rows: Relation,
  call: ast.Call,
  groupBy: readonly ast.Expression[],
): { time: number; spec: WindowSpec | SessionSpec } {
  const [timeNode, ...lengths] = call.arguments as ast.Expression[]
  const expr = timeNode && bind(context, rows, timeNode)
  if (!timeNode || expr?.op !== 'column' || at(rows.plan.columns, expr.index).time !== 'row') {
    refuse(call.at, `${functionName(call)} takes a row time first`, "a column with WATERMARK FOR it in the table's CREATE TABLE")
  }
  const ms = lengths.map((node) => interval(context, node, 'an INTERVAL of days to seconds'))
  const [a, b] = ms
  if (a === undefined || a <= 0) refuse(call.at, `${functionName(call)} needs an INTERVAL`)
  switch (functionName(call)) {
    case 'TUMBLE':
      return { time: expr.index, spec: { kind: 'TUMBLE', size: a, offset: 0 } }
    case 'HOP':
      if (b === undefined || b % a !== 0) refuse(call.at, 'HOP takes a slide and a size that is a multiple of it')
      return { time: expr.index, spec: { kind: 'HOP', slide: a, size: b, offset: 0 } }
    default: {
      // Sessions are those of each key of GROUP BY.
      const partition = groupBy.flatMap((node) => {
        if (node === call) return []
        const key = bind(context, rows, node)
        return key.op === 'column' ? [key.index] : refuse(node.at, 'GROUP BY of a SESSION takes columns', 'compute it in a sub-query')
      })
      return { time: expr.index, spec: { kind: 'SESSION', gap: a, partition } }
    }
  }
}
