import type { Plan } from './nodes.ts'

/** The plans that a step reads from. */
export function inputsOf(plan: Plan): readonly Plan[] {
  if ('inputs' in plan) return plan.inputs
  if ('left' in plan) return [plan.left, plan.right]
  return 'input' in plan ? [plan.input] : []
}
