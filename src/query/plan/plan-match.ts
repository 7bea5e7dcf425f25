import type * as ast from '../sql/ast.ts'
import type { PlanContext } from './context.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'
export function planMatch(_context: PlanContext, match: ast.MatchRecognize): Relation {
  return refuse(match.at, 'MATCH_RECOGNIZE: in work')
}
