import type * as ast from '../../sql/ast.ts'
import { STRING, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { typeText } from '../../types/type-text.ts'
import { castTo, literal } from '../build.ts'
import type { Expr } from '../expr.ts'
import { checkReturning, option } from '../functions/json.ts'
import { type Binding, bindUnfolded, contextOf, folded } from './call.ts'
import { bindType } from './type.ts'

export function bindJsonValue(node: ast.JsonValue, b: Binding): Expr {
  const context = contextOf('JSON_VALUE', node.at.start, b.scope)
  const type = node.returning ? checkReturning(bindType(node.returning), context) : STRING
  const fallback = (each: ast.JsonValueFallback | undefined): Expr[] => [
    option(each?.type ?? 'NULL'),
    castTo(each?.value ? b.bind(each.value) : literal(null, type), withNullable(type, true)),
  ]
  const args = [...b.all([node.input, node.path]), ...fallback(node.onEmpty), ...fallback(node.onError)]
  const bound = bindUnfolded('JSON_VALUE', args, b.scope, node.at.start)
  return folded({ ...bound, type: withNullable(type, true) }, b.scope, node.at.start)
}

export function bindJsonQuery(node: ast.JsonQuery, b: Binding): Expr {
  const type: SqlType = node.returning ? bindType(node.returning) : STRING
  const isTexts = type.kind === 'ARRAY' && type.element?.kind === 'VARCHAR'
  if (type.kind !== 'VARCHAR' && !isTexts) b.refuse(node, `JSON_QUERY returns STRING or ARRAY<STRING>, not ${typeText(type)}`)
  const options = [node.wrapper ?? 'WITHOUT', node.onEmpty ?? 'NULL', node.onError ?? 'NULL'].map(option)
  const bound = bindUnfolded('JSON_QUERY', [...b.all([node.input, node.path]), ...options], b.scope, node.at.start)
  return folded({ ...bound, type: withNullable(type, true) }, b.scope, node.at.start)
}
