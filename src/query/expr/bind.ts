import type * as ast from '../sql/ast.ts'
import { BOOLEAN, DAY_TIME, STRING, YEAR_MONTH } from '../types/make-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { isInteger, isInterval } from '../types/type-kind.ts'
import { typeText } from '../types/type-text.ts'
import { type Binding, bindCall, contextOf, folded, unknownFunction } from './bind/call.ts'
import { intervalUnit, isMonths } from './bind/interval.ts'
import { bindJsonQuery, bindJsonValue } from './bind/json.ts'
import { bindLiteral, numberLiteral } from './bind/literal.ts'
import { bindBetween, bindCase, bindIn, bindIs, bindNullIf, bindOverlaps, negated } from './bind/predicate.ts'
import { bindType } from './bind/type.ts'
import { literal } from './build.ts'
import { functionNamed } from './catalogue.ts'
import type { Expr } from './expr.ts'
import { bindCast } from './functions/cast.ts'
import { fieldOf } from './functions/collection-make.ts'
import { option } from './functions/json.ts'
import { unitLiteral } from './functions/time.ts'
import { planError } from './plan-error.ts'
import type { Scope } from './scope.ts'

/**
 * Resolves the names and types of an expression: implicit casts become calls of CAST, operators become functions of the catalogue, constants
 * are folded. Throws SHITOPS_E_SQL_PLAN with the position, the reason and the nearest way.
 */
export function bindExpression(expression: ast.Expression, scope: Scope): Expr {
  return new Binder(scope).bind(expression)
}

/** A column of a result: anything but a bare NULL, which has no type. */
export function bindValue(expression: ast.Expression, scope: Scope): Expr {
  const bound = bindExpression(expression, scope)
  if (bound.type.kind === 'NULL') throw planError(expression.at.start, 'a bare NULL has no type', ['write CAST(NULL AS STRING)'])
  return bound
}

/** A condition: BOOLEAN, or refused. @param clause WHERE, HAVING, ON … for the message */
export function bindCondition(expression: ast.Expression, scope: Scope, clause: string): Expr {
  const bound = bindExpression(expression, scope)
  if (bound.type.kind === 'NULL') return literal(null, BOOLEAN)
  if (bound.type.kind !== 'BOOLEAN') {
    throw planError(expression.at.start, `${clause} needs a BOOLEAN, not ${typeText(bound.type)}`, ['compare it with something: x <> 0'])
  }
  return bound
}

const BINARY: Readonly<Partial<Record<ast.BinaryOperator, string>>> = {
  '+': 'PLUS',
  '-': 'MINUS',
  '*': 'TIMES',
  '/': 'DIVIDE',
  '%': 'MOD',
  '||': '||',
  '=': 'EQUALS',
  '<>': 'NOT_EQUALS',
  '<': 'LESS_THAN',
  '<=': 'LESS_THAN_OR_EQUAL',
  '>': 'GREATER_THAN',
  '>=': 'GREATER_THAN_OR_EQUAL',
  AND: 'AND',
  OR: 'OR',
}

class Binder implements Binding {
  readonly scope: Scope

  constructor(scope: Scope) {
    this.scope = scope
  }

  bind(node: ast.Expression): Expr {
    const replaced = this.scope.onCall?.(node)
    return replaced ?? this.#bind(node)
  }

  call(name: string, args: readonly Expr[], node: ast.Node): Expr {
    return bindCall(name, args, this.scope, node.at.start)
  }

  refuse(node: ast.Node, reason: string, suggestions: readonly string[] = []): never {
    throw planError(node.at.start, reason, suggestions)
  }

  all(nodes: readonly ast.Expression[]): Expr[] {
    return nodes.map((node) => this.bind(node))
  }

  #bind(node: ast.Expression): Expr {
    switch (node.kind) {
      case 'number':
      case 'string':
      case 'binary':
      case 'boolean':
      case 'null':
      case 'temporal':
      case 'interval':
        return bindLiteral(node)
      case 'intervalOf':
        return this.#intervalOf(node)
      case 'column':
        return this.#column(node)
      case 'field':
        return fieldOf(this.bind(node.operand), node.field.name, contextOf('.', node.at.start, this.scope))
      case 'element':
        return this.call('ITEM', [this.bind(node.operand), this.bind(node.index)], node)
      case 'systemValue':
        return this.#systemValue(node)
      case 'unary':
        return this.#unary(node)
      case 'operation':
        return this.#operation(node)
      case 'is':
        return bindIs(node, this)
      case 'isDistinct':
        return this.call(node.negated ? 'IS_NOT_DISTINCT_FROM' : 'IS_DISTINCT_FROM', this.all([node.left, node.right]), node)
      case 'between':
        return bindBetween(node, this)
      case 'in':
        return bindIn(node, this)
      case 'textMatch': {
        const args = this.all([node.operand, node.pattern, ...(node.escape ? [node.escape] : [])])
        return negated(this.call(node.operator === 'LIKE' ? 'LIKE' : 'SIMILAR', args, node), node, this)
      }
      case 'case':
        return bindCase(node, this)
      case 'cast':
        return this.#cast(node)
      case 'call':
        return this.#function(node)
      case 'extract':
        return this.call('EXTRACT', [unitLiteral(node.unit), this.bind(node.operand)], node)
      case 'roundToUnit':
        return this.call(`${node.direction}_TO`, [unitLiteral(node.unit), this.bind(node.operand)], node)
      case 'timestampAdd':
        return this.call('TIMESTAMPADD', [unitLiteral(node.unit), this.bind(node.count), this.bind(node.time)], node)
      case 'timestampDiff':
        return this.call('TIMESTAMPDIFF', [unitLiteral(node.unit), this.bind(node.from), this.bind(node.to)], node)
      case 'position':
        return this.call('POSITION', this.all([node.part, node.text, ...(node.from ? [node.from] : [])]), node)
      case 'trim':
        return this.call(`TRIM_${node.side}`, this.all([node.text, ...(node.characters ? [node.characters] : [])]), node)
      case 'overlay':
        return this.call('OVERLAY', this.all([node.text, node.by, node.from, ...(node.for ? [node.for] : [])]), node)
      case 'row':
        return this.call('ROW', this.all(node.items), node)
      case 'array':
        return this.call('ARRAY', this.all(node.items), node)
      case 'map':
        return this.call('MAP', this.all(node.entries.flatMap((entry) => [entry.key, entry.value])), node)
      case 'jsonExists':
        return this.call('JSON_EXISTS', [...this.all([node.input, node.path]), option(node.onError ?? 'FALSE')], node)
      case 'jsonValue':
        return bindJsonValue(node, this)
      case 'jsonQuery':
        return bindJsonQuery(node, this)
      case 'jsonObject':
        return this.call(
          'JSON_OBJECT',
          [option(node.onNull ?? 'NULL'), ...this.all(node.entries.flatMap((entry) => [entry.key, entry.value]))],
          node,
        )
      case 'jsonArray':
        return this.call('JSON_ARRAY', [option(node.onNull ?? 'ABSENT'), ...this.all(node.items)], node)
      case 'jsonObjectAgg':
      case 'jsonArrayAgg':
        return this.refuse(node, 'an aggregate cannot stand here', ['aggregate in a sub-query, and use its column'])
      case 'quantified':
      case 'exists':
      case 'subquery':
      case 'arrayQuery':
        return this.refuse(node, 'a sub-query cannot stand here', ['write it as a join, or as a view of its own'])
      case 'matchSemantics':
        return this.refuse(node, `${node.semantics} belongs into MEASURES and DEFINE of MATCH_RECOGNIZE`)
    }
  }

  /** PI needs no parentheses; a column of that name comes first. */
  #column(node: ast.Column): Expr {
    if (node.parts.length > 1 || node.parts[0]?.name.toUpperCase() !== 'PI') return this.scope.column(node.parts, node.at.start)
    try {
      return this.scope.column(node.parts, node.at.start)
    } catch {
      return this.call('PI', [], node)
    }
  }

  #intervalOf(node: ast.IntervalOf): Expr {
    const count = this.bind(node.value)
    if (!isInteger(count.type)) return this.refuse(node, `an INTERVAL counts in integers, not ${typeText(count.type)}`)
    const unit = literal(intervalUnit(node.qualifier), isMonths(node.qualifier) ? YEAR_MONTH : DAY_TIME)
    return this.call('TIMES', [unit, count], node)
  }

  #systemValue(node: ast.SystemValue): Expr {
    if (functionNamed(node.name)) return this.call(node.name, [], node)
    return this.refuse(node, `${node.name} is not supported`)
  }

  #unary(node: ast.Unary): Expr {
    if (node.operator === '-' && node.operand.kind === 'number') return numberLiteral(node.operand, true)
    const operand = this.bind(node.operand)
    if (node.operator === 'NOT') return this.call('NOT', [operand], node)
    if (node.operator === '-') return this.call('NEGATE', [operand], node)
    if (!isNumberOrInterval(operand.type)) return this.refuse(node, `+ needs a number, not ${typeText(operand.type)}`)
    return operand
  }

  #operation(node: ast.Operation): Expr {
    if (node.operator === 'OVERLAPS') return bindOverlaps(node, this)
    const name = BINARY[node.operator]
    if (!name) return this.refuse(node, `${node.operator} is not supported`)
    return this.call(name, this.all([node.left, node.right]), node)
  }

  #cast(node: ast.Cast): Expr {
    const operand = this.bind(node.operand)
    const type = bindType(node.type)
    const context = contextOf(node.safe ? 'TRY_CAST' : 'CAST', node.at.start, this.scope)
    if (isInterval(type) && isInteger(operand.type) && node.type.kind === 'intervalType') {
      return this.call('TIMES', [literal(intervalUnit(node.type.qualifier), type), operand], node)
    }
    return folded(bindCast(operand, type, node.safe, context), this.scope, node.at.start)
  }

  #function(node: ast.Call): Expr {
    const name = node.name.parts.map((part) => part.name).join('.')
    const upper = name.toUpperCase()
    if (upper === 'TYPEOF') return this.#typeOf(node)
    if (upper === 'CURRENT_DATABASE' && node.arguments.length === 0) return literal(this.scope.session.database, STRING)
    const entry = functionNamed(upper)
    if (!entry || entry.internal) throw unknownFunction(name, node.at.start)
    if (node.over || node.filter || node.distinct || node.withinGroup.length > 0) {
      return this.refuse(node, `${name} is no aggregate: OVER, FILTER, DISTINCT and WITHIN GROUP are for those`)
    }
    const args = node.arguments.map((argument) => this.#argument(argument))
    if (upper === 'NULLIF') return bindNullIf(args, node, this)
    return bindCall(name, args, this.scope, node.at.start)
  }

  /** Its type allows NULL, as Flink has it. */
  #typeOf(node: ast.Call): Expr {
    const [argument] = node.arguments
    if (!argument || node.arguments.length > 1) return this.refuse(node, `TYPEOF takes 1 argument, not ${node.arguments.length}`)
    return { op: 'literal', type: STRING, value: typeText(this.#argument(argument).type) }
  }

  #argument(node: ast.CallArgument): Expr {
    switch (node.kind) {
      case 'star':
      case 'namedArgument':
      case 'tableArgument':
      case 'descriptor':
      case 'default':
        return this.refuse(node, 'this argument is for table functions and aggregates')
      default:
        return this.bind(node)
    }
  }
}

const isNumberOrInterval = (type: SqlType): boolean =>
  isInterval(type) || ['TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL'].includes(type.kind)

export { bindCall } from './bind/call.ts'
