import type { Plan } from './nodes.ts'

/** How a column of a group changes with each row of the group; undefined where that is not known. */
export function growth(plan: Plan, column: number): 'up' | 'down' | 'never' | undefined {
  if (plan.step === 'calc' && !plan.filter) {
    const expr = plan.projection[column]
    return expr?.op === 'column' ? growth(plan.input, expr.index) : undefined
  }
  if (plan.step !== 'groupAggregate' || plan.input.changing) return undefined
  if (column < plan.keys.length) return 'never'
  const fn = plan.calls[column - plan.keys.length]?.fn
  return fn === 'COUNT' || fn === 'MAX' ? 'up' : fn === 'MIN' ? 'down' : undefined
}
