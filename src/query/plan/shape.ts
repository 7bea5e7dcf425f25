import type { Expr } from '../expr/expr.ts'
import { inputsOf } from './inputs.ts'
import type { Calc, Plan, Scan } from './nodes.ts'
import { prune } from './prune.ts'

/** Steps that remember nothing of the rows that went through them. */
const STATELESS: ReadonlySet<Plan['step']> = new Set(['scan', 'values', 'calc', 'expand', 'unnest', 'union'])
const INPUTS = new Set(['input', 'inputs', 'left', 'right'])
/** What has no meaning for the state: where in the text something stands, and what a step only says about its rows. */
const SILENT = new Set(['at', 'unique'])

/**
 * What the state of a query is made of, as text. Queries of equal shape can go on with each other's state: they read the same tables and
 * remember the same things. What may differ: what a filter keeps, how far a watermark lies behind, constants of what is computed, and what is done
 * to the rows behind the last step that remembers any.
 */
export function planShape(plan: Plan, sink?: string): string {
  return JSON.stringify([sink ?? null, shapeOf(prune(plan), false)])
}

/** @param remembered whether a step behind this one keeps what comes out of it */
function shapeOf(plan: Plan, remembered: boolean): unknown {
  const below = inputsOf(plan).map((input) => shapeOf(input, remembered || !STATELESS.has(plan.step)))
  if (plan.step === 'scan') return scanShape(plan, remembered)
  if (plan.step === 'calc')
    return [remembered ? calcShape(plan) : 'calc', plan.input.step === 'scan' ? [scanShape(plan.input, false)] : below]
  const own: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(plan))
    if (!INPUTS.has(name) && !SILENT.has(name) && name !== 'columns') own[name] = plain(value)
  return [own, below]
}

/** @param kept whether its rows are remembered as they are: behind a Calc it makes no difference which other columns are read */
function scanShape({ table, columns, changing }: Scan, kept: boolean): unknown {
  const { name, options, primaryKey, watermark } = table
  return ['scan', name, plain(options), primaryKey, changing, watermark?.column ?? null, kept ? columns.map(plain) : null]
}

/** A HAVING or a WHERE with another bound, a CASE with another constant: another rule about the same things. */
function calcShape({ projection, columns, watermark, input }: Calc): unknown {
  const named = (expr: Expr): unknown => {
    if (expr.op === 'literal') return ['literal', plain(expr.type)]
    if (expr.op === 'call') return [expr.fn, plain(expr.type), expr.args.map(named)]
    return input.step === 'scan' ? ['column', input.columns[expr.index]?.name] : ['column', expr.index]
  }
  return ['calc', projection.map(named), columns.map(({ type, time }) => [plain(type), time ?? null]), watermark?.column ?? null]
}

/** As data that JSON has: maps as pairs, big integers as text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return undefined
  if (value instanceof Map) return [...value].map(([key, item]) => [key, plain(item)])
  if (value instanceof Set) return [...value].map(plain)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (SILENT.has(name) ? [] : [[name, plain(item)]])))
}

/** A plan in every detail that its rows depend on. */
export function planText(plan: Plan): string {
  return JSON.stringify(plan, (name, value) => {
    if (name === 'at') return undefined
    if (typeof value === 'bigint') return `${value}n`
    return value instanceof Map ? [...value] : value
  })
}
