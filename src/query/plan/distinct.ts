import type { PlanContext } from './context.ts'
import type { Plan } from './nodes.ts'
import { ttlOf } from './settings.ts'

/** Each row once. */
export function distinct(context: PlanContext, input: Plan): Plan {
  const keys = input.columns.map((_, i) => i)
  const columns = input.columns.map(({ name, type }) => ({ name, type }))
  return { step: 'groupAggregate', input, keys, calls: [], ttl: ttlOf(context), columns, changing: true, unique: [keys] }
}
