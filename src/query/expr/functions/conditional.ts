import { commonType } from '../../types/common-type.ts'
import { compareValues } from '../../types/compare-value.ts'
import { BOOLEAN, STRING, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { typeText } from '../../types/type-text.ts'
import { anyNullable, call, castTo, isNullLiteral } from '../build.ts'
import type { Expr, Generated } from '../expr.ts'
import { type BindContext, emptyValue, type FunctionEntry, type Generator } from './entry.ts'
import { strict } from './strict.ts'

/** CASE, COALESCE and their kin: only the branch that is taken is evaluated. */

function unified(args: readonly Expr[], context: BindContext): SqlType {
  const type = commonType(args.map((arg) => arg.type))
  if (!type || type.kind === 'NULL') {
    const types = args.map((arg) => typeText(arg.type)).join(', ')
    return context.refuse(`${context.name} has values of no common type: ${types}`, ['CAST the values to one type'])
  }
  return type
}

/** args: condition, value, condition, value, …, else. */
const caseOf: FunctionEntry = {
  names: ['CASE'],
  usage: 'CASE WHEN condition THEN value … ELSE value END',
  internal: true,
  bind(args, context) {
    const isValue = (i: number): boolean => i % 2 === 1 || i === args.length - 1
    const values = args.filter((_, i) => isValue(i))
    const type = unified(values, context)
    const isNullable = values.some((value) => value.type.nullable)
    const cast = args.map((arg, i) => {
      if (isValue(i)) return castTo(arg, type)
      if (arg.type.kind !== 'BOOLEAN' && arg.type.kind !== 'NULL') return context.refuse(`WHEN needs BOOLEAN, not ${typeText(arg.type)}`)
      return castTo(arg, BOOLEAN)
    })
    return call('CASE', withNullable(type, isNullable), cast, context.at)
  },
  generate(bound, gen) {
    const slot = openSlot(bound.type, gen)
    let depth = 0
    for (let i = 0; i + 1 < bound.args.length; i += 2) {
      const condition = gen.expr(bound.args[i] as Expr)
      gen.code.line(`if (${isTrue(condition)}) {`)
      assign(slot, gen.expr(bound.args[i + 1] as Expr), gen)
      gen.code.line('} else {')
      depth += 1
    }
    assign(slot, gen.expr(bound.args.at(-1) as Expr), gen)
    gen.code.line('}'.repeat(depth))
    return closeSlot(slot)
  },
}

const isTrue = ({ value, isNull }: Generated): string => (isNull === 'false' ? value : `!${isNull} && ${value}`)

/** Where the branches put their value. Whether one of them can be NULL shows in their code, not in their types: a DECIMAL may overflow. */
interface Slot {
  readonly value: string
  readonly isNull: string
  mayBeNull: boolean
}

function openSlot(type: SqlType, gen: Generator): Slot {
  const value = gen.code.fresh('v')
  const isNull = gen.code.fresh('n')
  gen.code.line(`let ${value} = ${emptyValue(type)}, ${isNull} = false`)
  return { value, isNull, mayBeNull: false }
}

const closeSlot = ({ value, isNull, mayBeNull }: Slot): Generated => ({ value, isNull: mayBeNull ? isNull : 'false' })

function assign(slot: Slot, source: Generated, gen: Generator): void {
  if (source.isNull !== 'true') gen.code.line(`${slot.value} = ${source.value}`)
  if (source.isNull === 'false') return
  gen.code.line(`${slot.isNull} = ${source.isNull}`)
  slot.mayBeNull = true
}

/** The first that is not NULL. */
function coalesceEntry(name: string, least: number, most: number): FunctionEntry {
  return {
    names: [name],
    usage: `${name}(ANY, ANY${most > 2 ? ', …' : ''})`,
    bind(args, context) {
      if (args.length < least || args.length > most)
        context.refuse(`${name} takes ${least === most ? least : `${least} or more`} arguments, not ${args.length}`)
      const type = unified(args, context)
      const isNullable = args.every((arg) => arg.type.nullable)
      const cast = args.filter((arg) => !isNullLiteral(arg)).map((arg) => castTo(arg, type))
      // What stands behind the first value that is never NULL is never reached.
      const last = cast.findIndex((arg) => !arg.type.nullable)
      const used = last < 0 ? cast : cast.slice(0, last + 1)
      return used.length === 1 ? (used[0] as Expr) : call(name, withNullable(type, isNullable), used, context.at)
    },
    generate(bound, gen) {
      const slot = openSlot(bound.type, gen)
      let depth = 0
      for (const [i, arg] of bound.args.entries()) {
        const source = gen.expr(arg)
        if (i === bound.args.length - 1) {
          assign(slot, source, gen)
        } else {
          gen.code.line(`if (!${source.isNull}) ${slot.value} = ${source.value}`)
          gen.code.line('else {')
          depth += 1
        }
      }
      gen.code.line('}'.repeat(depth))
      return closeSlot(slot)
    },
  }
}

const ifNull: FunctionEntry = {
  ...coalesceEntry('IFNULL', 2, 2),
  bind(args, context) {
    const [value, other] = args
    if (!value || !other || args.length > 2) return context.refuse(`IFNULL takes 2 arguments, not ${args.length}`)
    if (!value.type.nullable) return value
    const type = unified(args, context)
    return call('IFNULL', withNullable(type, other.type.nullable), [castTo(value, type), castTo(other, type)], context.at)
  },
}

const ifThen: FunctionEntry = {
  names: ['IF'],
  usage: 'IF(BOOLEAN, ANY, ANY)',
  bind(args, context) {
    const [condition, yes, no] = args
    if (!condition || !yes || !no || args.length > 3) return context.refuse(`IF takes 3 arguments, not ${args.length}`)
    return withAllowedNull(caseOf.bind([condition, yes, no], context), condition.type.nullable)
  },
  generate: caseOf.generate,
}

function withAllowedNull(expr: Expr, isNullable: boolean): Expr {
  return isNullable ? { ...expr, type: withNullable(expr.type, true) } : expr
}

const nullIf: FunctionEntry = {
  names: ['NULLIF'],
  usage: 'NULLIF(ANY, ANY)',
  bind(args, context) {
    const [value, other] = args
    if (!value || !other || args.length > 2) return context.refuse(`NULLIF takes 2 arguments, not ${args.length}`)
    const type = value.type.kind === 'NULL' ? STRING : value.type
    return call('NULLIF', withNullable(type, true), [value, other], context.at)
  },
  generate: () => {
    throw new Error('NULLIF is CASE by the time code is generated')
  },
}

/** GREATEST and LEAST: NULL when one of them is. */
function extreme(name: string, sign: 1 | -1): FunctionEntry {
  const pick = (...values: unknown[]) => values.reduce((best, value) => (compareValues(value, best) * sign > 0 ? value : best))
  return {
    names: [name],
    usage: `${name}(ANY, …)`,
    bind(args, context) {
      if (args.length === 0) context.refuse(`${name} takes 1 argument or more`)
      const type = unified(args, context)
      return call(
        name,
        withNullable(type, anyNullable(args)),
        args.map((arg) => castTo(arg, type)),
        context.at,
      )
    },
    generate: (bound, gen) =>
      strict(
        gen,
        bound.type,
        bound.args.map((arg) => gen.expr(arg)),
        (values) => `${gen.code.constant(pick, name.toLowerCase())}(${values.join(', ')})`,
      ),
  }
}

export const CONDITIONAL: readonly FunctionEntry[] = [
  caseOf,
  coalesceEntry('COALESCE', 1, Number.POSITIVE_INFINITY),
  ifNull,
  ifThen,
  nullIf,
  extreme('GREATEST', 1),
  extreme('LEAST', -1),
]
