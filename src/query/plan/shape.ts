import { inputsOf } from './inputs.ts'
import type { Plan } from './nodes.ts'

/** Steps that remember nothing of the rows that went through them. */
const STATELESS: ReadonlySet<Plan['step']> = new Set(['scan', 'values', 'calc', 'expand', 'unnest', 'union'])
const INPUTS = new Set(['input', 'inputs', 'left', 'right'])
/** What has no meaning for the state: where in the text something stands, and what a step only says about its rows. */
const SILENT = new Set(['at', 'unique'])

/**
 * What the state of a query is made of, as text. Queries of equal shape can go on with each other's state: they read the same tables and
 * remember the same things. What a filter keeps may differ, and what is done to the rows behind the last step that remembers any.
 */
export function planShape(plan: Plan, sink?: string): string {
  return JSON.stringify([sink ?? null, shapeOf(plan, false)])
}

function shapeOf(plan: Plan, remembered: boolean): unknown {
  const stateless = STATELESS.has(plan.step)
  const own: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(plan)) if (!INPUTS.has(name) && counts(plan, name, remembered)) own[name] = plain(value)
  return [own, inputsOf(plan).map((input) => shapeOf(input, remembered || !stateless))]
}

function counts(plan: Plan, name: string, remembered: boolean): boolean {
  if (SILENT.has(name)) return false
  if (plan.step !== 'calc') return plan.step === 'scan' || name !== 'columns'
  // A HAVING or a WHERE with another bound is another rule about the same things.
  if (name === 'filter') return false
  return remembered || (name !== 'projection' && name !== 'columns')
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
