import { array, BOOLEAN, INT, STRING } from '../../types/make-type.ts'
import type { Call, Expr } from '../expr.ts'
import { lengthOf } from '../text/code-points.ts'
import { javaOnly, javaRegex } from '../text/java-regex.ts'
import { cached, likeTest, similarTest } from '../text/pattern.ts'
import type { FunctionEntry, Generator } from './entry.ts'
import { SMALL, TEXT } from './parameter.ts'
import { type SimpleFunction, simple } from './simple.ts'

/** LIKE, SIMILAR TO and the REGEXP family. A pattern that is a constant is compiled once, others are kept by their text. */

type Test = (text: string) => boolean

function constantText(expr: Expr | undefined): string | undefined {
  return expr?.op === 'literal' && typeof expr.value === 'string' ? expr.value : undefined
}

function matcher(name: string, compile: (pattern: string, escapeCharacter?: string) => Test): FunctionEntry {
  return simple({
    names: [name],
    parameters: [TEXT, TEXT, TEXT],
    required: 2,
    result: BOOLEAN,
    internal: true,
    inline([text, pattern, escapeCharacter], bound, gen) {
      const known = constantText(bound.args[1])
      const knownEscape = constantText(bound.args[2])
      if (known !== undefined && (escapeCharacter === undefined || knownEscape !== undefined)) {
        const test = attempt(() => compile(known, knownEscape))
        if (test) return `${gen.code.constant(test, name.toLowerCase())}(${text})`
      }
      return `${gen.code.constant(cached(compile), 'pattern')}(${escapeCharacter === undefined ? pattern : `${pattern}, ${escapeCharacter}`})(${text})`
    },
  })
}

/** A pattern that is no pattern fails when a row meets it, not before. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** A function of a regular expression (its second argument) and what else it takes: the text first. */
function regexp(
  names: string[],
  spec: Omit<SimpleFunction, 'names' | 'run' | 'inline'>,
  flags: string,
  run: (regex: RegExp | undefined, ...rest: never[]) => unknown,
): FunctionEntry {
  const base = simple({
    ...spec,
    names,
    inline([text, pattern, ...rest], bound: Call, gen: Generator) {
      const known = constantText(bound.args[1])
      const regex = known === undefined ? undefined : attempt(() => javaRegex(known, flags))
      const source =
        regex === undefined
          ? `${gen.code.constant(
              cached((each) => ({ regex: javaRegex(each, flags) })),
              'regexes',
            )}(${pattern}).regex`
          : gen.code.constant(regex, 'regex')
      return `${gen.code.constant(run, names[0]?.toLowerCase())}(${[source, text, ...rest].join(', ')})`
    },
  })
  return {
    ...base,
    bind(args, context) {
      const known = constantText(args[1])
      const reason = known === undefined ? undefined : javaOnly(known)
      if (reason)
        context.refuse(`the regular expression '${known}' uses ${reason}, which only Flink's Java can do`, [
          'write it without, or run it with --engine flink',
        ])
      return base.bind(args, context)
    },
  }
}

function all(regex: RegExp, text: string): RegExpExecArray[] {
  return [...text.matchAll(regex)] as RegExpExecArray[]
}

export const PATTERN: readonly FunctionEntry[] = [
  matcher('LIKE', likeTest),
  matcher('SIMILAR', similarTest),
  regexp(['REGEXP'], { parameters: [TEXT, TEXT], result: BOOLEAN }, '', (regex, text: string) => regex?.test(text) ?? false),
  regexp(
    ['REGEXP_REPLACE'],
    { parameters: [TEXT, TEXT, TEXT], result: STRING, mayBeNull: true, silent: true },
    'g',
    // Flink quotes the replacement: $1 is text.
    (regex, text: string, by: string) => (regex ? text.replace(regex, () => by) : null),
  ),
  regexp(
    ['REGEXP_EXTRACT'],
    { parameters: [TEXT, TEXT, SMALL], required: 2, result: STRING, mayBeNull: true },
    '',
    (regex, text: string, group = 0) => (group < 0 ? null : (regex?.exec(text)?.[group] ?? null)),
  ),
  regexp(
    ['REGEXP_EXTRACT_ALL'],
    { parameters: [TEXT, TEXT, SMALL], required: 2, result: array(STRING), mayBeNull: true },
    'g',
    (regex, text: string, group = 1) => {
      if (!regex || group < 0) return null
      const groups = new RegExp(`${regex.source}|`, 'u').exec('')?.length ?? 1
      return group >= groups ? null : all(regex, text).map((match) => match[group] ?? null)
    },
  ),
  regexp(['REGEXP_COUNT'], { parameters: [TEXT, TEXT], result: INT, mayBeNull: true }, 'g', (regex, text: string) =>
    regex ? all(regex, text).length : null,
  ),
  regexp(['REGEXP_INSTR'], { parameters: [TEXT, TEXT], result: INT, mayBeNull: true }, '', (regex, text: string) => {
    const at = regex ? text.search(regex) : null
    return at === null ? null : at < 0 ? 0 : lengthOf(text.slice(0, at)) + 1
  }),
  regexp(
    ['REGEXP_SUBSTR'],
    { parameters: [TEXT, TEXT], result: STRING, mayBeNull: true },
    '',
    (regex, text: string) => regex?.exec(text)?.[0] ?? null,
  ),
]
