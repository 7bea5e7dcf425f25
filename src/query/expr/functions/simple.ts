import { nullable, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { typeText } from '../../types/type-text.ts'
import { anyNullable, call, castTo } from '../build.ts'
import type { Call, Expr } from '../expr.ts'
import type { BindContext, FunctionEntry, Generator } from './entry.ts'
import type { Parameter } from './parameter.ts'
import { strict } from './strict.ts'

export interface SimpleFunction {
  readonly names: readonly string[]
  readonly parameters: readonly Parameter[]
  /** How many of the parameters must be there: all, unless said. */
  readonly required?: number
  /** The last parameter may be repeated. */
  readonly variadic?: boolean
  readonly result: SqlType | ((args: readonly Expr[], context: BindContext) => SqlType)
  /** The result may be NULL though no argument is. */
  readonly mayBeNull?: boolean
  /** With `mayBeNull`: the type does not say so, since Flink's does not (LPAD to a negative length). */
  readonly silent?: boolean
  /** Its type allows NULL always, though its code gives none (REVERSE, TYPEOF: Flink says so). */
  readonly nullableType?: boolean
  readonly volatile?: boolean
  readonly internal?: boolean
  /** See StrictOptions.total. */
  readonly total?: boolean
  /** Either: a function of the values, called by the generated code … */
  // biome-ignore lint/suspicious/noExplicitAny: each function knows the types of its values from its parameters
  readonly run?: (...values: any[]) => unknown
  /** … or the JavaScript of the result. */
  readonly inline?: (values: readonly string[], call: Call, gen: Generator) => string
}

/** A function of the catalogue that is NULL when an argument is. */
export function simple(spec: SimpleFunction): FunctionEntry {
  const usage = usageOf(spec)
  return {
    names: spec.names,
    usage,
    ...(spec.volatile ? { volatile: true } : {}),
    ...(spec.internal ? { internal: true } : {}),
    bind(args, context) {
      const cast = checkArguments(spec, args, context, usage)
      const type = typeof spec.result === 'function' ? spec.result(cast, context) : spec.result
      const allowsNull = (spec.mayBeNull && !spec.silent) || spec.nullableType || anyNullable(cast)
      return call(spec.names[0] as string, allowsNull ? nullable(type) : withNullable(type, false), cast, context.at)
    },
    generate(bound, gen) {
      const operands = bound.args.map((arg) => gen.expr(arg))
      const build = (values: readonly string[]) =>
        spec.inline ? spec.inline(values, bound, gen) : `${gen.code.constant(spec.run, spec.names[0]?.toLowerCase())}(${values.join(', ')})`
      return strict(gen, bound.type, operands, build, { mayBeNull: spec.mayBeNull ?? false, total: spec.total ?? false })
    },
  }
}

function usageOf({ names, parameters, required = parameters.length, variadic }: SimpleFunction): string {
  const list = parameters.map((parameter, i) => (i < required ? parameter.text : `[${parameter.text}]`)).join(', ')
  return `${names[0]}(${list}${variadic ? ', …' : ''})`
}

function checkArguments(spec: SimpleFunction, args: readonly Expr[], context: BindContext, usage: string): Expr[] {
  const { parameters, required = parameters.length, variadic } = spec
  if (args.length < required || (!variadic && args.length > parameters.length)) {
    context.refuse(`${context.name} takes ${countText(required, parameters.length, variadic)}, not ${args.length}`, [`use ${usage}`])
  }
  return args.map((arg, i) => {
    const parameter = parameters[Math.min(i, parameters.length - 1)] as Parameter
    const type = parameter.accept(arg.type)
    if (!type) {
      const types = args.map((each) => typeText(each.type)).join(', ')
      context.refuse(`${context.name} cannot take (${types}): argument ${i + 1} must be ${parameter.text}`, [`use ${usage}, with a CAST`])
    }
    return castTo(arg, type)
  })
}

function countText(required: number, most: number, variadic: boolean | undefined): string {
  const word = most === 1 && !variadic ? 'argument' : 'arguments'
  if (variadic) return `${required} ${word} or more`
  return required === most ? `${most} ${word}` : `${required} to ${most} ${word}`
}
