import type * as ast from '../sql/ast.ts'
import { commonType as common } from '../types/common-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { typeText } from '../types/type-text.ts'
import { refuse } from './refuse.ts'

export { castTo } from '../expr/build.ts'

/** The type that values of all these can have, or a refusal. */
export function commonType(types: readonly SqlType[], place: ast.Span): SqlType {
  return common(types) ?? refuse(place, `${types.map(typeText).join(' and ')} have no type in common`, 'CAST one of them')
}
