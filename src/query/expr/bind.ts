import { nearest } from '../../base/nearest.ts'
import type * as ast from '../sql/ast.ts'
import { BOOLEAN, DAY_TIME, STRING, withNullable, YEAR_MONTH } from '../types/make-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { isInteger, isInterval, isTemporal } from '../types/type-kind.ts'
import { typeText } from '../types/type-text.ts'
import { fold } from './bind/fold.ts'
import { intervalUnit, isMonths } from './bind/interval.ts'
import { bindLiteral, numberLiteral } from './bind/literal.ts'
import { bindType } from './bind/type.ts'
import { anyNullable, call, castTo, literal } from './build.ts'
import { callableFunctions, functionNamed } from './catalogue.ts'
import type { Expr, Place } from './expr.ts'
import { bindCast } from './functions/cast.ts'
import { fieldOf } from './functions/collection-make.ts'
import type { BindContext } from './functions/entry.ts'
import { checkReturning, option } from './functions/json.ts'
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

/** Builds a call of the catalogue as SQL text would: checked, cast, folded. For planners that make calls of their own. */
export function bindCall(name: string, args: readonly Expr[], scope: Scope, at?: Place): Expr {
  const entry = functionNamed(name)
  if (!entry) throw unknownFunction(name, at)
  return folded(entry.bind(args, contextOf(name, at, scope)), scope, at)
}

function folded(expr: Expr, scope: Scope, at: Place | undefined): Expr {
  return scope.keepConstants ? expr : fold(expr, scope.session, at)
}

function contextOf(name: string, at: Place | undefined, scope: Scope): BindContext {
  return {
    name,
    at,
    session: scope.session,
    refuse: (reason, suggestions) => {
      throw planError(at, reason, suggestions)
    },
  }
}

function unknownFunction(name: string, at: Place | undefined): Error {
  const known = callableFunctions().flatMap((entry) => entry.names)
  const meant = nearest(name.toUpperCase(), known)
  return planError(
    at,
    `there is no function ${name}`,
    meant ? [`did you mean ${functionNamed(meant)?.usage ?? meant}?`] : ["functions are Flink 2.2's; this one is not, or not yet"],
  )
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

class Binder {
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  bind(node: ast.Expression): Expr {
    const replaced = this.#scope.onCall?.(node)
    return replaced ?? this.#bind(node)
  }

  #call(name: string, args: readonly Expr[], node: ast.Node): Expr {
    return bindCall(name, args, this.#scope, node.at.start)
  }

  #refuse(node: ast.Node, reason: string, suggestions: readonly string[] = []): never {
    throw planError(node.at.start, reason, suggestions)
  }

  #all(nodes: readonly ast.Expression[]): Expr[] {
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
        return fieldOf(this.bind(node.operand), node.field.name, contextOf('.', node.at.start, this.#scope))
      case 'element':
        return this.#call('ITEM', [this.bind(node.operand), this.bind(node.index)], node)
      case 'systemValue':
        return this.#systemValue(node)
      case 'unary':
        return this.#unary(node)
      case 'operation':
        return this.#operation(node)
      case 'is':
        return this.#is(node)
      case 'isDistinct':
        return this.#call(node.negated ? 'IS_NOT_DISTINCT_FROM' : 'IS_DISTINCT_FROM', this.#all([node.left, node.right]), node)
      case 'between':
        return this.#between(node)
      case 'in':
        return this.#in(node)
      case 'textMatch': {
        const args = this.#all([node.operand, node.pattern, ...(node.escape ? [node.escape] : [])])
        return this.#negated(this.#call(node.operator === 'LIKE' ? 'LIKE' : 'SIMILAR', args, node), node)
      }
      case 'case':
        return this.#case(node)
      case 'cast':
        return this.#cast(node)
      case 'call':
        return this.#function(node)
      case 'extract':
        return this.#call('EXTRACT', [unitLiteral(node.unit), this.bind(node.operand)], node)
      case 'roundToUnit':
        return this.#call(`${node.direction}_TO`, [unitLiteral(node.unit), this.bind(node.operand)], node)
      case 'timestampAdd':
        return this.#call('TIMESTAMPADD', [unitLiteral(node.unit), this.bind(node.count), this.bind(node.time)], node)
      case 'timestampDiff':
        return this.#call('TIMESTAMPDIFF', [unitLiteral(node.unit), this.bind(node.from), this.bind(node.to)], node)
      case 'position':
        return this.#call('POSITION', this.#all([node.part, node.text, ...(node.from ? [node.from] : [])]), node)
      case 'trim':
        return this.#call(`TRIM_${node.side}`, this.#all([node.text, ...(node.characters ? [node.characters] : [])]), node)
      case 'overlay':
        return this.#call('OVERLAY', this.#all([node.text, node.by, node.from, ...(node.for ? [node.for] : [])]), node)
      case 'row':
        return this.#call('ROW', this.#all(node.items), node)
      case 'array':
        return this.#call('ARRAY', this.#all(node.items), node)
      case 'map':
        return this.#call('MAP', this.#all(node.entries.flatMap((entry) => [entry.key, entry.value])), node)
      case 'jsonExists':
        return this.#call('JSON_EXISTS', [...this.#all([node.input, node.path]), option(node.onError ?? 'FALSE')], node)
      case 'jsonValue':
        return this.#jsonValue(node)
      case 'jsonQuery':
        return this.#jsonQuery(node)
      case 'jsonObject':
        return this.#call(
          'JSON_OBJECT',
          [option(node.onNull ?? 'NULL'), ...this.#all(node.entries.flatMap((entry) => [entry.key, entry.value]))],
          node,
        )
      case 'jsonArray':
        return this.#call('JSON_ARRAY', [option(node.onNull ?? 'ABSENT'), ...this.#all(node.items)], node)
      case 'jsonObjectAgg':
      case 'jsonArrayAgg':
        return this.#refuse(node, 'an aggregate cannot stand here', ['aggregate in a sub-query, and use its column'])
      case 'quantified':
      case 'exists':
      case 'subquery':
      case 'arrayQuery':
        return this.#refuse(node, 'a sub-query cannot stand here', ['write it as a join, or as a view of its own'])
      case 'matchSemantics':
        return this.#refuse(node, `${node.semantics} belongs into MEASURES and DEFINE of MATCH_RECOGNIZE`)
    }
  }

  /** PI needs no parentheses; a column of that name comes first. */
  #column(node: ast.Column): Expr {
    if (node.parts.length > 1 || node.parts[0]?.name.toUpperCase() !== 'PI') return this.#scope.column(node.parts, node.at.start)
    try {
      return this.#scope.column(node.parts, node.at.start)
    } catch {
      return this.#call('PI', [], node)
    }
  }

  #intervalOf(node: ast.IntervalOf): Expr {
    const count = this.bind(node.value)
    if (!isInteger(count.type)) return this.#refuse(node, `an INTERVAL counts in integers, not ${typeText(count.type)}`)
    const unit = literal(intervalUnit(node.qualifier), isMonths(node.qualifier) ? YEAR_MONTH : DAY_TIME)
    return this.#call('TIMES', [unit, count], node)
  }

  #systemValue(node: ast.SystemValue): Expr {
    if (functionNamed(node.name)) return this.#call(node.name, [], node)
    return this.#refuse(node, `${node.name} is not supported`)
  }

  #unary(node: ast.Unary): Expr {
    if (node.operator === '-' && node.operand.kind === 'number') return numberLiteral(node.operand, true)
    const operand = this.bind(node.operand)
    if (node.operator === 'NOT') return this.#call('NOT', [operand], node)
    if (node.operator === '-') return this.#call('NEGATE', [operand], node)
    if (!isNumberOrInterval(operand.type)) return this.#refuse(node, `+ needs a number, not ${typeText(operand.type)}`)
    return operand
  }

  #operation(node: ast.Operation): Expr {
    if (node.operator === 'OVERLAPS') return this.#overlaps(node)
    const name = BINARY[node.operator]
    if (!name) return this.#refuse(node, `${node.operator} is not supported`)
    return this.#call(name, this.#all([node.left, node.right]), node)
  }

  #overlaps(node: ast.Operation): Expr {
    const ends = [node.left, node.right].flatMap((side) => this.#period(side))
    return this.#call('OVERLAPS', ends, node)
  }

  /** `(start, end)` or `(start, interval)`. */
  #period(node: ast.Expression): Expr[] {
    if (node.kind !== 'row' || node.items.length !== 2) return this.#refuse(node, 'OVERLAPS compares two periods: (start, end)')
    const [start, end] = this.#all(node.items) as [Expr, Expr]
    if (!isTemporal(start.type)) return this.#refuse(node, `a period begins with a time, not ${typeText(start.type)}`)
    return [start, isInterval(end.type) ? this.#call('PLUS', [start, end], node) : end]
  }

  #is(node: ast.Is): Expr {
    const operand = this.bind(node.operand)
    if (node.test.startsWith('JSON')) {
      return this.#negated(this.#call('IS_JSON', [operand, option(node.test.slice(5))], node), node)
    }
    const test = node.test === 'UNKNOWN' ? 'NULL' : node.test
    return this.#call(`IS_${node.negated ? 'NOT_' : ''}${test}`, [operand], node)
  }

  #negated(expr: Expr, node: ast.Node & { readonly negated: boolean }): Expr {
    return node.negated ? this.#call('NOT', [expr], node) : expr
  }

  #between(node: ast.Between): Expr {
    const [operand, low, high] = this.#all([node.operand, node.low, node.high]) as [Expr, Expr, Expr]
    const within = (from: Expr, to: Expr): Expr =>
      this.#call(
        'AND',
        [this.#call('GREATER_THAN_OR_EQUAL', [operand, from], node), this.#call('LESS_THAN_OR_EQUAL', [operand, to], node)],
        node,
      )
    const either = node.symmetric ? this.#call('OR', [within(low, high), within(high, low)], node) : within(low, high)
    return this.#negated(either, node)
  }

  #in(node: ast.In): Expr {
    if (!Array.isArray(node.set)) return this.#refuse(node, 'IN with a sub-query cannot stand here', ['write it as a join'])
    const operand = this.bind(node.operand)
    const items = this.#all(node.set as readonly ast.Expression[])
    const equals = items.map((item) => this.#call('EQUALS', [operand, item], node))
    const known = this.#literalSet(operand, items)
    const found = known ?? (equals.reduce((all, each) => this.#call('OR', [all, each], node)) as Expr)
    return this.#negated(found, node)
  }

  /** IN over constants of the operand's own type needs no conversion: a set. */
  #literalSet(operand: Expr, items: readonly Expr[]): Expr | undefined {
    const { kind } = operand.type
    if (operand.op === 'literal' || items.length < 2) return undefined
    const text = kind === 'CHAR' || kind === 'VARCHAR'
    const fits = (item: Expr): boolean =>
      item.op === 'literal' && item.value !== null && (text ? ['CHAR', 'VARCHAR'].includes(item.type.kind) : isInteger(item.type))
    if (!(text || isInteger(operand.type)) || !items.every(fits)) return undefined
    return call('IN', withNullable(BOOLEAN, anyNullable([operand])), [operand, ...items])
  }

  #case(node: ast.Case): Expr {
    const operand = node.operand && this.bind(node.operand)
    const args: Expr[] = []
    for (const branch of node.branches) {
      const whens = this.#all(branch.when).map((when) => (operand ? this.#call('EQUALS', [operand, when], branch) : when))
      args.push(
        whens.reduce((all, each) => this.#call('OR', [all, each], branch)),
        this.bind(branch.result),
      )
    }
    args.push(node.else ? this.bind(node.else) : literal(null, { kind: 'NULL', nullable: true }))
    return this.#call('CASE', args, node)
  }

  #cast(node: ast.Cast): Expr {
    const operand = this.bind(node.operand)
    const type = bindType(node.type)
    const context = contextOf(node.safe ? 'TRY_CAST' : 'CAST', node.at.start, this.#scope)
    if (isInterval(type) && isInteger(operand.type) && node.type.kind === 'intervalType') {
      return this.#call('TIMES', [literal(intervalUnit(node.type.qualifier), type), operand], node)
    }
    return folded(bindCast(operand, type, node.safe, context), this.#scope, node.at.start)
  }

  #function(node: ast.Call): Expr {
    const name = node.name.parts.map((part) => part.name).join('.')
    const upper = name.toUpperCase()
    if (upper === 'TYPEOF') return this.#typeOf(node)
    if (upper === 'CURRENT_DATABASE' && node.arguments.length === 0) return literal(this.#scope.session.database, STRING)
    const entry = functionNamed(upper)
    if (!entry || entry.internal) throw unknownFunction(name, node.at.start)
    if (node.over || node.filter || node.distinct || node.withinGroup.length > 0) {
      return this.#refuse(node, `${name} is no aggregate: OVER, FILTER, DISTINCT and WITHIN GROUP are for those`)
    }
    const args = node.arguments.map((argument) => this.#argument(argument))
    if (upper === 'NULLIF') return this.#nullIf(args, node)
    return bindCall(name, args, this.#scope, node.at.start)
  }

  /** Its type allows NULL, as Flink has it. */
  #typeOf(node: ast.Call): Expr {
    const [argument] = node.arguments
    if (!argument || node.arguments.length > 1) return this.#refuse(node, `TYPEOF takes 1 argument, not ${node.arguments.length}`)
    return { op: 'literal', type: STRING, value: typeText(this.#argument(argument).type) }
  }

  #argument(node: ast.CallArgument): Expr {
    switch (node.kind) {
      case 'star':
      case 'namedArgument':
      case 'tableArgument':
      case 'descriptor':
      case 'default':
        return this.#refuse(node, 'this argument is for table functions and aggregates')
      default:
        return this.bind(node)
    }
  }

  /** NULLIF(a, b) is CASE WHEN a = b THEN NULL ELSE a END. */
  #nullIf(args: readonly Expr[], node: ast.Node): Expr {
    const checked = bindCallUnfolded('NULLIF', args, this.#scope, node.at.start)
    const [value, other] = args as [Expr, Expr]
    return this.#call(
      'CASE',
      [
        this.#call('EQUALS', [value, other], node),
        literal(null, checked.type),
        castTo(value, withNullable(checked.type, value.type.nullable)),
      ],
      node,
    )
  }

  #jsonValue(node: ast.JsonValue): Expr {
    const context = contextOf('JSON_VALUE', node.at.start, this.#scope)
    const type = node.returning ? checkReturning(bindType(node.returning), context) : STRING
    const fallback = (each: ast.JsonValueFallback | undefined): Expr[] => [
      option(each?.type ?? 'NULL'),
      castTo(each?.value ? this.bind(each.value) : literal(null, type), withNullable(type, true)),
    ]
    const args = [...this.#all([node.input, node.path]), ...fallback(node.onEmpty), ...fallback(node.onError)]
    const bound = bindCallUnfolded('JSON_VALUE', args, this.#scope, node.at.start)
    return folded({ ...bound, type: withNullable(type, true) }, this.#scope, node.at.start)
  }

  #jsonQuery(node: ast.JsonQuery): Expr {
    const type: SqlType = node.returning ? bindType(node.returning) : STRING
    const isTexts = type.kind === 'ARRAY' && type.element?.kind === 'VARCHAR'
    if (type.kind !== 'VARCHAR' && !isTexts) this.#refuse(node, `JSON_QUERY returns STRING or ARRAY<STRING>, not ${typeText(type)}`)
    const options = [node.wrapper ?? 'WITHOUT', node.onEmpty ?? 'NULL', node.onError ?? 'NULL'].map(option)
    const bound = bindCallUnfolded('JSON_QUERY', [...this.#all([node.input, node.path]), ...options], this.#scope, node.at.start)
    return folded({ ...bound, type: withNullable(type, true) }, this.#scope, node.at.start)
  }
}

function bindCallUnfolded(name: string, args: readonly Expr[], scope: Scope, at: Place): Expr {
  const entry = functionNamed(name)
  if (!entry) throw unknownFunction(name, at)
  return entry.bind(args, contextOf(name, at, scope))
}

const isNumberOrInterval = (type: SqlType): boolean =>
  isInterval(type) || ['TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL'].includes(type.kind)
