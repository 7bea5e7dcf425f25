import { parseFlinkDuration } from '../types/flink-duration.ts'
import type { PlanContext } from './context.ts'

/** `table.exec.state.ttl` in ms, 0 for ever. */
export function ttlOf(context: PlanContext): number {
  const text = context.settings.get('table.exec.state.ttl')
  return text === undefined ? 0 : parseFlinkDuration(text)
}
