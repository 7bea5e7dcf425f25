import { SqlRuntimeError } from '../sql-runtime-error.ts'

/**
 * Regular expressions of Java, which Flink's REGEXP functions take, as those of JavaScript in Unicode mode. Where the two mean different
 * things the pattern is rewritten (`$` before a last line break, `.` and `\s` and `\b`); what JavaScript cannot do is refused, not approximated.
 */

/** What only Java can do; the message names it. */
class JavaOnly extends Error {}

const LINE_END = '(?=(?:\\r\\n|[\\n\\r\\u0085\\u2028\\u2029])?(?![\\s\\S]))'
const ANY = '[^\\n\\r\\u0085\\u2028\\u2029]'
const SPACES = ' \\t\\n\\v\\f\\r'
const WORD = '[\\p{L}\\p{Mn}\\p{Nd}_]'
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`
const KEPT_ESCAPES = /[dDwWtnrf]/
const QUANTIFIER = /\{\d+(?:,\d*)?\}|[*+?]/y
const GROUP = /\((?:\?(?:[:=!]|<[=!]|<[a-zA-Z][a-zA-Z0-9]*>))?/y

/** Why a pattern is refused, or undefined when it can be run here. */
export function javaOnly(pattern: string): string | undefined {
  try {
    translate(pattern)
    return undefined
  } catch (error) {
    if (error instanceof JavaOnly) return error.message
    throw error
  }
}

/** Compiled, or undefined when it is no regular expression in Java either: Flink's functions then give NULL or false. */
export function javaRegex(pattern: string, flags = ''): RegExp | undefined {
  const reason = javaOnly(pattern)
  if (reason) throw new SqlRuntimeError(`the regular expression '${pattern}' uses ${reason}, which only Flink's Java can do`)
  try {
    return new RegExp(translate(pattern), `${flags}u`)
  } catch {
    return undefined
  }
}

function translate(pattern: string): string {
  let result = ''
  for (let at = 0; at < pattern.length; ) {
    const [text, length] = token(pattern, at)
    result += text
    at += length
  }
  return result
}

/** What stands in the pattern from there, translated, and how long it was. */
function token(pattern: string, at: number): [text: string, length: number] {
  const character = pattern[at] as string
  if (character === '\\') return escapeOutside(pattern, at)
  if (character === '[') return characterClass(pattern, at)
  if (character === '(') return group(pattern, at)
  const quantifier = matchAt(QUANTIFIER, pattern, at)
  if (quantifier) {
    if (pattern[at + quantifier.length] === '+') throw new JavaOnly('a possessive quantifier (x*+)')
    const lazy = pattern[at + quantifier.length] === '?' ? '?' : ''
    return [quantifier + lazy, quantifier.length + lazy.length]
  }
  if (character === '.') return [ANY, 1]
  if (character === '$') return [LINE_END, 1]
  return [character === ']' || character === '}' ? `\\${character}` : character, 1]
}

function group(pattern: string, at: number): [string, number] {
  const open = matchAt(GROUP, pattern, at) ?? '('
  if (open === '(' && pattern[at + 1] === '?') throw new JavaOnly('an inline flag or atomic group (?…)')
  return [open, open.length]
}

function escapeOutside(pattern: string, at: number): [string, number] {
  const letter = pattern[at + 1]
  if (letter === undefined) return ['\\', 1]
  if (letter === 's') return [`[${SPACES}]`, 2]
  if (letter === 'S') return [`[^${SPACES}]`, 2]
  if (letter === 'b') return [BOUNDARY, 2]
  if (/[1-9]/.test(letter)) return [`\\${letter}`, 2]
  return escapeAnywhere(pattern, at)
}

function escapeAnywhere(pattern: string, at: number): [string, number] {
  const rest = pattern.slice(at + 1)
  const code = /^(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/.exec(rest)?.[0]
  if (code) return [`\\${code}`, code.length + 1]
  const letter = rest[0] as string
  if (KEPT_ESCAPES.test(letter)) return [`\\${letter}`, 2]
  if (/[a-zA-Z0-9]/.test(letter))
    throw new JavaOnly(letter === 'p' || letter === 'P' ? 'a character property \\p{…}' : `the escape \\${letter}`)
  // Any other character stands for itself; Unicode mode allows a backslash before some of them only.
  return [/[\^$\\.*+?()[\]{}|/-]/.test(letter) ? hex(letter) : letter, 2]
}

const hex = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`

function characterClass(pattern: string, at: number): [string, number] {
  let result = '['
  let i = at + 1
  if (pattern[i] === '^') {
    result += '^'
    i += 1
  }
  for (; i < pattern.length && pattern[i] !== ']'; ) {
    const character = pattern[i] as string
    if (character === '[') throw new JavaOnly('a character class inside a character class')
    if (pattern.startsWith('&&', i)) throw new JavaOnly('an intersection of character classes (&&)')
    if (character !== '\\') {
      result += /[(){}/|]/.test(character) ? hex(character) : character
      i += 1
      continue
    }
    const letter = pattern[i + 1] ?? ''
    if (letter === 'S' || letter === 'b') throw new JavaOnly(`\\${letter} inside a character class`)
    const [text, length] = letter === 's' ? [SPACES, 2] : escapeAnywhere(pattern, i)
    result += text
    i += length as number
  }
  return [`${result}]`, i + 1 - at]
}

function matchAt(regex: RegExp, text: string, at: number): string | undefined {
  regex.lastIndex = at
  return regex.exec(text)?.[0]
}
