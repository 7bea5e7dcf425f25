import type { Session } from '../expr/session.ts'
import type { OnLate, Operator } from '../operators/operator.ts'
import type { Match } from '../plan/nodes.ts'
export function buildMatch(
  _plan: Match,
  _session: Session,
  _sources: Array<readonly [string, string]>,
  _late: OnLate | undefined,
): Operator {
  throw new Error('in work')
}
