import { array, char, INT, map, STRING, varchar } from '../../types/make-type.ts'
import { MAX_LENGTH, type SqlType } from '../../types/sql-type.ts'
import type { Expr } from '../expr.ts'
import { lengthOf, positionOf, reverse, slice, substring } from '../text/code-points.ts'
import {
  initcap,
  instr,
  isNumberText,
  overlay,
  pad,
  replaceAll,
  type Side,
  split,
  splitIndex,
  textToMap,
  translate,
  trimOf,
  upper,
} from '../text/edit.ts'
import { printf } from '../text/printf.ts'
import type { FunctionEntry } from './entry.ts'
import { ANY, SMALL, TEXT, WHOLE } from './parameter.ts'
import { simple } from './simple.ts'
import { strict } from './strict.ts'

/** Functions of text, with Flink's result types: most give STRING, some keep the length of their argument. */

const lengthOfType = (expr: Expr | undefined): number => expr?.type.precision ?? 1
const same = (args: readonly Expr[]): SqlType => args[0]?.type as SqlType
const sameAsVarchar = (args: readonly Expr[]): SqlType => varchar(lengthOfType(args[0]))
const summed = (args: readonly Expr[]): number =>
  Math.min(
    MAX_LENGTH,
    args.reduce((sum, arg) => sum + lengthOfType(arg), 0),
  )

/** CHAR(n) stays n long: `UPPER('ß')` is cut. */
function caseEntry(names: string[], convert: (text: string) => string): FunctionEntry {
  return simple({
    names,
    parameters: [TEXT],
    result: same,
    inline([value], bound, gen) {
      const length = bound.type.kind === 'CHAR' ? bound.type.precision : undefined
      const run = length === undefined ? convert : (text: string) => slice(convert(text), 0, length)
      return `${gen.code.constant(run, names[0]?.toLowerCase())}(${value})`
    },
  })
}

function trimEntry(name: string, side: Side, result: (args: readonly Expr[]) => SqlType): FunctionEntry {
  return simple({ names: [name], parameters: [TEXT, TEXT], required: 1, result, run: trimOf(side) })
}

function kindTest(name: string, ofNumber: boolean, test: (text: string) => boolean): FunctionEntry {
  return {
    names: [name],
    usage: `${name}(ANY)`,
    bind(args, context) {
      const bound = simple({ names: [name], parameters: [ANY], result: { kind: 'BOOLEAN', nullable: false }, run: test }).bind(
        args,
        context,
      )
      return { ...bound, type: { kind: 'BOOLEAN', nullable: false } }
    },
    generate(bound, gen) {
      const operand = gen.expr(bound.args[0] as Expr)
      const isText = ['CHAR', 'VARCHAR'].includes((bound.args[0] as Expr).type.kind)
      const value = gen.code.fresh('v')
      const js = isText ? `${gen.code.constant(test, 'test')}(${operand.value})` : String(ofNumber)
      gen.code.line(`const ${value} = ${operand.isNull === 'false' ? js : `!${operand.isNull} && ${js}`}`)
      return { value, isNull: 'false' }
    },
  }
}

/** Skips NULLs; NULL only when the separator is. */
const concatWs: FunctionEntry = {
  ...simple({
    names: ['CONCAT_WS'],
    parameters: [TEXT, TEXT],
    required: 1,
    variadic: true,
    result: STRING,
  }),
  generate(bound, gen) {
    const [separator, ...parts] = bound.args.map((arg) => gen.expr(arg))
    if (!separator) throw new Error('CONCAT_WS has a separator')
    const list = parts.map((part) => (part.isNull === 'false' ? part.value : `${part.isNull} ? null : ${part.value}`))
    const join = (by: string, ...texts: (string | null)[]) => texts.filter((text) => text !== null).join(by)
    return strict(gen, bound.type, [separator], ([by]) => `${gen.code.constant(join, 'join')}(${[by, ...list].join(', ')})`)
  },
}

/** ELT(n, a, b, …): the n-th. NULLs among the others do not matter. */
const elt: FunctionEntry = {
  ...simple({
    names: ['ELT'],
    parameters: [WHOLE, TEXT],
    variadic: true,
    result: (args) => {
      const [, ...texts] = args
      const lengths = texts.map(lengthOfType)
      const isChar = texts.every((text) => text.type.kind === 'CHAR' && lengthOfType(text) === lengths[0])
      return isChar ? char(lengths[0]) : varchar(Math.max(...lengths))
    },
    mayBeNull: true,
  }),
  generate(bound, gen) {
    const [index, ...texts] = bound.args.map((arg) => gen.expr(arg))
    if (!index) throw new Error('ELT has an index')
    const list = texts.map((text) => `${text.isNull} ? null : ${text.value}`).join(', ')
    return strict(gen, bound.type, [index], ([i]) => `([${list}][${i} - 1] ?? null)`, { mayBeNull: true })
  },
}

const concatOperator = simple({
  names: ['||'],
  parameters: [TEXT, TEXT],
  result: (args) => (args.every((arg) => arg.type.kind === 'CHAR') ? char(summed(args)) : varchar(summed(args))),
  internal: true,
  inline: ([a, b]) => `${a} + ${b}`,
  total: true,
})

const printfEntry: FunctionEntry = {
  names: ['PRINTF'],
  usage: 'PRINTF(format, ANY, …)',
  bind(args, context) {
    const bound = simple({ names: ['PRINTF'], parameters: [TEXT, ANY], required: 1, variadic: true, result: STRING, mayBeNull: true }).bind(
      args,
      context,
    )
    return bound
  },
  generate(bound, gen) {
    const [format, ...values] = bound.args.map((arg) => gen.expr(arg))
    const types = bound.args.slice(1).map((arg) => arg.type)
    if (!format) throw new Error('PRINTF has a format')
    const run = (text: string, ...list: unknown[]) => printf(text, list, types)
    const list = values.map(({ value, isNull }) => (isNull === 'false' ? value : `${isNull} ? null : ${value}`))
    return strict(gen, bound.type, [format], ([text]) => `${gen.code.constant(run, 'printf')}(${[text, ...list].join(', ')})`, {
      mayBeNull: true,
    })
  },
}

export const TEXT_FUNCTIONS: readonly FunctionEntry[] = [
  concatOperator,
  simple({
    names: ['CONCAT'],
    parameters: [TEXT],
    variadic: true,
    result: STRING,
    inline: (values) => `'' + ${values.join(' + ')}`,
    total: true,
  }),
  concatWs,
  caseEntry(['UPPER', 'UCASE'], upper),
  caseEntry(['LOWER', 'LCASE'], (text) => text.toLowerCase()),
  simple({ names: ['INITCAP'], parameters: [TEXT], result: same, run: initcap }),
  simple({ names: ['CHAR_LENGTH', 'CHARACTER_LENGTH'], parameters: [TEXT], result: INT, run: lengthOf }),
  simple({
    names: ['SUBSTRING', 'SUBSTR'],
    parameters: [TEXT, SMALL, SMALL],
    required: 2,
    result: sameAsVarchar,
    mayBeNull: true,
    run: substring,
  }),
  simple({
    names: ['LEFT'],
    parameters: [TEXT, SMALL],
    result: sameAsVarchar,
    nullableType: true,
    run: (text: string, n: number) => (n <= 0 ? '' : slice(text, 0, n)),
  }),
  simple({
    names: ['RIGHT'],
    parameters: [TEXT, SMALL],
    result: sameAsVarchar,
    nullableType: true,
    run: (text: string, n: number) => (n <= 0 ? '' : slice(text, Math.max(0, lengthOf(text) - n), MAX_LENGTH)),
  }),
  trimEntry('TRIM_BOTH', 'BOTH', sameAsVarchar),
  trimEntry('TRIM_LEADING', 'LEADING', sameAsVarchar),
  trimEntry('TRIM_TRAILING', 'TRAILING', sameAsVarchar),
  trimEntry('LTRIM', 'LEADING', sameAsVarchar),
  trimEntry('RTRIM', 'TRAILING', sameAsVarchar),
  trimEntry('BTRIM', 'BOTH', () => STRING),
  simple({ names: ['POSITION'], parameters: [TEXT, TEXT, SMALL], required: 2, result: INT, run: positionOf }),
  simple({
    names: ['LOCATE'],
    parameters: [TEXT, TEXT, SMALL],
    required: 2,
    result: INT,
    run: (part: string, text: string, from = 1) => positionOf(part, text, Math.max(1, from)),
  }),
  simple({ names: ['INSTR'], parameters: [TEXT, TEXT, SMALL, SMALL], required: 2, result: INT, run: instr }),
  simple({
    names: ['LPAD'],
    parameters: [TEXT, SMALL, TEXT],
    result: STRING,
    inline: ([text, n, by], _bound, gen) => `${gen.code.constant(pad, 'pad')}(${text}, ${n}, ${by}, true)`,
    mayBeNull: true,
    silent: true,
  }),
  simple({
    names: ['RPAD'],
    parameters: [TEXT, SMALL, TEXT],
    result: STRING,
    inline: ([text, n, by], _bound, gen) => `${gen.code.constant(pad, 'pad')}(${text}, ${n}, ${by}, false)`,
    mayBeNull: true,
    silent: true,
  }),
  simple({
    names: ['REPEAT'],
    parameters: [TEXT, SMALL],
    result: STRING,
    run: (text: string, n: number) => (n <= 0 ? '' : text.repeat(n)),
  }),
  simple({ names: ['REVERSE'], parameters: [TEXT], result: STRING, nullableType: true, run: reverse }),
  simple({ names: ['REPLACE'], parameters: [TEXT, TEXT, TEXT], result: STRING, run: replaceAll }),
  simple({ names: ['TRANSLATE', 'TRANSLATE3'], parameters: [TEXT, TEXT, TEXT], result: STRING, run: translate }),
  simple({
    names: ['OVERLAY'],
    parameters: [TEXT, TEXT, SMALL, SMALL],
    required: 3,
    result: (args) => varchar(summed(args.slice(0, 2))),
    run: overlay,
  }),
  simple({
    names: ['SPLIT_INDEX'],
    parameters: [TEXT, { text: 'STRING or INT', accept: (type) => TEXT.accept(type) ?? SMALL.accept(type) }, SMALL],
    result: STRING,
    mayBeNull: true,
    run: splitIndex,
  }),
  simple({ names: ['SPLIT'], parameters: [TEXT, TEXT], result: array(STRING), run: split }),
  simple({
    names: ['STR_TO_MAP'],
    parameters: [TEXT, TEXT, TEXT],
    required: 1,
    result: map(STRING, STRING),
    nullableType: true,
    run: textToMap,
  }),
  elt,
  simple({
    names: ['ASCII'],
    parameters: [TEXT],
    result: INT,
    run: (text: string) => (text === '' ? 0 : Buffer.from(text.slice(0, 2), 'utf8').readInt8(0)),
  }),
  simple({
    names: ['CHR'],
    parameters: [WHOLE],
    result: STRING,
    nullableType: true,
    run: (code: number | bigint) => (code < 0 ? '' : String.fromCharCode(Number(BigInt(code) & 255n))),
  }),
  simple({
    names: ['STARTSWITH'],
    parameters: [TEXT, TEXT],
    result: { kind: 'BOOLEAN', nullable: true },
    inline: ([a, b]) => `${a}.startsWith(${b})`,
  }),
  simple({
    names: ['ENDSWITH'],
    parameters: [TEXT, TEXT],
    result: { kind: 'BOOLEAN', nullable: true },
    inline: ([a, b]) => `${a}.endsWith(${b})`,
  }),
  kindTest('IS_ALPHA', false, (text) => /^\p{L}+$/u.test(text)),
  kindTest('IS_DIGIT', true, (text) => /^\p{Nd}+$/u.test(text)),
  kindTest('IS_DECIMAL', true, isNumberText),
  printfEntry,
]
