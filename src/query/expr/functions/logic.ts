import { BOOLEAN, withNullable } from '../../types/make-type.ts'
import { typeText } from '../../types/type-text.ts'
import { anyNullable, call, castTo } from '../build.ts'
import type { Call, Expr, Generated } from '../expr.ts'
import type { BindContext, FunctionEntry, Generator } from './entry.ts'

/** Three-valued logic. The right operand is not evaluated when the left one decides. */

function booleans(args: readonly Expr[], name: string, context: BindContext): Expr[] {
  return args.map((arg) => {
    if (arg.type.kind !== 'BOOLEAN' && arg.type.kind !== 'NULL') {
      return context.refuse(`${name} needs BOOLEAN, not ${typeText(arg.type)}`, ['compare it with something: x <> 0'])
    }
    return castTo(arg, BOOLEAN)
  })
}

/** AND (`stop` false) and OR (`stop` true): a left value equal to `stop` is the result. */
function junction(name: 'AND' | 'OR', stop: boolean): FunctionEntry {
  return {
    names: [name],
    usage: `BOOLEAN ${name} BOOLEAN`,
    internal: true,
    bind(args, context) {
      const operands = booleans(args, name, context)
      return call(name, withNullable(BOOLEAN, anyNullable(operands)), operands, context.at)
    },
    generate(bound, gen) {
      const value = gen.code.fresh('v')
      const isNull = gen.code.fresh('n')
      gen.code.line(`let ${value} = ${stop}, ${isNull} = false`)
      const left = gen.expr(bound.args[0] as Expr)
      gen.code.line(`if (${goesOn(left, stop)}) {`)
      const right = gen.expr(bound.args[1] as Expr)
      gen.code.line(`if (${goesOn(right, stop)}) {`)
      gen.code.line(`${value} = ${!stop}`)
      const known = left.isNull === 'false' && right.isNull === 'false'
      if (!known) gen.code.line(`${isNull} = ${left.isNull} || ${right.isNull}`)
      gen.code.line('}')
      gen.code.line('}')
      return { value, isNull: known ? 'false' : isNull }
    },
  }
}

function goesOn(operand: Generated, stop: boolean): string {
  const undecided = stop ? `!${operand.value}` : operand.value
  return operand.isNull === 'false' ? undecided : `${operand.isNull} || ${undecided}`
}

const not: FunctionEntry = {
  names: ['NOT'],
  usage: 'NOT BOOLEAN',
  internal: true,
  bind(args, context) {
    const operands = booleans(args, 'NOT', context)
    return call('NOT', withNullable(BOOLEAN, anyNullable(operands)), operands, context.at)
  },
  generate(bound, gen) {
    const operand = gen.expr(bound.args[0] as Expr)
    const value = gen.code.fresh('v')
    gen.code.line(`const ${value} = !${operand.value}`)
    return { value, isNull: operand.isNull }
  },
}

/** IS NULL, IS TRUE …: never NULL. */
function test(name: string, usage: string, js: (operand: Generated) => string, ofBoolean: boolean): FunctionEntry {
  return {
    names: [name],
    usage,
    internal: true,
    bind(args, context) {
      const operands = ofBoolean ? booleans(args, usage, context) : args
      return call(name, withNullable(BOOLEAN, false), operands, context.at)
    },
    generate(bound: Call, gen: Generator) {
      const operand = gen.expr(bound.args[0] as Expr)
      const value = gen.code.fresh('v')
      gen.code.line(`const ${value} = ${js(operand)}`)
      return { value, isNull: 'false' }
    },
  }
}

const isTrue = ({ value, isNull }: Generated) => (isNull === 'false' ? value : `!${isNull} && ${value}`)
const isFalse = ({ value, isNull }: Generated) => (isNull === 'false' ? `!${value}` : `!${isNull} && !${value}`)

export const LOGIC: readonly FunctionEntry[] = [
  junction('AND', false),
  junction('OR', true),
  not,
  test('IS_NULL', 'ANY IS NULL', ({ isNull }) => isNull, false),
  test('IS_NOT_NULL', 'ANY IS NOT NULL', ({ isNull }) => `!${isNull}`, false),
  test('IS_TRUE', 'BOOLEAN IS TRUE', isTrue, true),
  test('IS_NOT_TRUE', 'BOOLEAN IS NOT TRUE', (operand) => `!(${isTrue(operand)})`, true),
  test('IS_FALSE', 'BOOLEAN IS FALSE', isFalse, true),
  test('IS_NOT_FALSE', 'BOOLEAN IS NOT FALSE', (operand) => `!(${isFalse(operand)})`, true),
]
