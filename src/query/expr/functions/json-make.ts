import { notNull, nullable, STRING, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { typeText } from '../../types/type-text.ts'
import { call, castTo } from '../build.ts'
import type { Expr } from '../expr.ts'
import { JsonSyntaxError, readJson } from '../json/read-json.ts'
import { notJson, quoteJson, toJson, writeJson } from '../json/write-json.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import type { BindContext, FunctionEntry, Generator } from './entry.ts'
import { optionOf } from './json.ts'
import { ANY, TEXT } from './parameter.ts'
import { simple } from './simple.ts'
import { strict } from './strict.ts'

/** JSON from SQL values: JSON_OBJECT, JSON_ARRAY, JSON_STRING. */

function checkJson(args: readonly Expr[], context: BindContext): void {
  for (const arg of args) {
    const bad = arg.type.kind === 'NULL' ? undefined : notJson(arg.type)
    if (bad) context.refuse(`${context.name}: ${typeText(nullable(bad))} cannot become JSON`, ['CAST it to STRING'])
  }
}

/** Calls whose text is JSON already and goes in as it is. */
const NESTED: readonly string[] = ['JSON_OBJECT', 'JSON_ARRAY', 'JSON']

/** Whether an expression gives JSON text that goes into other JSON as it is. */
export const isJsonText = (expr: Expr): boolean => expr.op === 'call' && NESTED.includes(expr.fn)

/** JavaScript of a value as JSON text, `null` in it for NULL. */
function jsonOf(arg: Expr, gen: Generator): { text: string; isNull: string } {
  const { value, isNull } = gen.expr(arg)
  if (isJsonText(arg)) return { text: value, isNull }
  return { text: `${gen.code.constant((each: unknown) => toJson(each, arg.type), 'toJson')}(${value})`, isNull }
}

/** JSON_OBJECT(nulls, key, value, …) and JSON_ARRAY(nulls, value, …); `nulls` is NULL or ABSENT. */
function jsonMaker(name: string, [open, close]: [string, string], step: number): FunctionEntry {
  return {
    names: [name],
    usage: `${name}(…)`,
    internal: true,
    kept: true,
    bind(args, context) {
      const values = args.filter((_, i) => i > 0 && i % step === 0)
      checkJson(values, context)
      return call(name, notNull(STRING), args, context.at)
    },
    generate(bound, gen) {
      const absent = optionOf(bound, 0) === 'ABSENT'
      const parts = gen.code.fresh('parts')
      gen.code.line(`let ${parts} = ''`)
      for (let i = 1; i < bound.args.length; i += step) {
        const key = step === 2 ? `${gen.code.constant(quoteJson, 'quote')}(${gen.expr(bound.args[i] as Expr).value}) + ':' + ` : ''
        const { text, isNull } = jsonOf(bound.args[i + step - 1] as Expr, gen)
        const add = (js: string) => `${parts} += (${parts} === '' ? '' : ',') + ${key}${js}`
        if (isNull === 'false') gen.code.line(add(text))
        else gen.code.line(absent ? `if (!${isNull}) ${add(text)}` : add(`(${isNull} ? 'null' : ${text})`))
      }
      const value = gen.code.fresh('v')
      gen.code.line(`const ${value} = '${open}' + ${parts} + '${close}'`)
      return { value, isNull: 'false' }
    },
  }
}

const jsonString: FunctionEntry = {
  names: ['JSON_STRING'],
  usage: 'JSON_STRING(ANY)',
  bind(args, context) {
    if (args.length !== 1) return context.refuse(`JSON_STRING takes 1 argument, not ${args.length}`)
    checkJson(args, context)
    const [value] = args as [Expr]
    return call('JSON_STRING', withNullable(STRING, value.type.nullable), [castTo(value, ANY.accept(value.type) as SqlType)], context.at)
  },
  generate(bound, gen) {
    const arg = bound.args[0] as Expr
    return strict(
      gen,
      bound.type,
      [gen.expr(arg)],
      ([value]) => `${gen.code.constant((each: unknown) => toJson(each, arg.type), 'toJson')}(${value})`,
    )
  },
}

/** JSON(text) inside JSON_OBJECT and JSON_ARRAY: the text goes in as JSON. */
function normalized(text: string): string {
  try {
    return writeJson(readJson(text))
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new SqlRuntimeError(`JSON: ${error.message}`)
    throw error
  }
}

function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text
  try {
    const value = readJson(text)
    return typeof value === 'string' ? value : text
  } catch {
    return text
  }
}

export const JSON_MAKERS: readonly FunctionEntry[] = [
  jsonMaker('JSON_OBJECT', ['{', '}'], 2),
  jsonMaker('JSON_ARRAY', ['[', ']'], 1),
  jsonString,
  simple({ names: ['JSON_QUOTE'], parameters: [TEXT], result: STRING, run: quoteJson }),
  simple({ names: ['JSON_UNQUOTE'], parameters: [TEXT], result: STRING, run: unquote }),
  { ...simple({ names: ['JSON'], parameters: [TEXT], result: STRING, run: normalized }), kept: true },
]
