import { parseFlinkDuration } from '../types/flink-duration.ts'
import type { PlanContext } from './context.ts'

/** `table.exec.state.ttl` in ms, 0 for ever. */
export function ttlOf(context: PlanContext): number {
  const text = context.settings.get('table.exec.state.ttl')
  return text === undefined ? 0 : parseFlinkDuration(text)
}

/** How far one record may carry the watermark of its partition: a duration as Flink writes them; 0 for as far as it says. */
export const MAX_ADVANCE_KEY = 'shitops.watermark.max-advance'
const MAX_ADVANCE = '1 d'

/** {@link MAX_ADVANCE_KEY} in ms, Infinity without a bound. */
export function maxAdvanceOf(settings: ReadonlyMap<string, string>): number {
  const ms = parseFlinkDuration(settings.get(MAX_ADVANCE_KEY) ?? MAX_ADVANCE)
  return ms === 0 ? Number.POSITIVE_INFINITY : ms
}
