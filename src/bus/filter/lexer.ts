import { FilterSyntaxError } from './syntax-error.ts'

export type TokenKind = 'number' | 'string' | 'regex' | 'time' | 'name' | 'symbol' | 'end'

export interface Token {
  kind: TokenKind
  /** What was written, without quotes; for a regex its pattern. */
  text: string
  /** A regex's flags. */
  flags?: string
  /** Where it starts in the expression, from 0. */
  at: number
}

const SPACE = /\s+/y
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** A hyphen belongs to a name (`headers.content-type`): the language has no subtraction. */
const NAME = /[\p{L}_$][\p{L}\p{N}_$-]*/uy
const TIME = /@[^\s()[\],]+/y
const REGEX = /\/((?:[^/\\\n]|\\.)+)\/([a-z]*)/y
const SYMBOL = /==|!=|<=|>=|&&|\|\||[<>!()[\],.=]/y
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** The tokens of a filter expression, the last of kind `end`. Throws {@link FilterSyntaxError}. */
export function tokens(source: string): Token[] {
  const found: Token[] = []
  let at = 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(source)
  }
  while (at < source.length) {
    const space = take(SPACE)
    if (space) {
      at += space[0].length
      continue
    }
    const token = next(source, at, take)
    found.push(token.token)
    at = token.end
  }
  found.push({ kind: 'end', text: '', at: source.length })
  return found
}

function next(source: string, at: number, take: (pattern: RegExp) => RegExpExecArray | null): { token: Token; end: number } {
  const quote = source[at]
  if (quote === '"' || quote === "'") return quoted(source, at, quote)
  const regex = take(REGEX)
  if (regex) return { token: { kind: 'regex', text: regex[1] ?? '', flags: regex[2] ?? '', at }, end: at + regex[0].length }
  const kinds = [
    ['number', NUMBER],
    ['name', NAME],
    ['time', TIME],
    ['symbol', SYMBOL],
  ] as const
  for (const [kind, pattern] of kinds) {
    const match = take(pattern)
    if (match) return { token: { kind, text: kind === 'time' ? match[0].slice(1) : match[0], at }, end: at + match[0].length }
  }
  throw new FilterSyntaxError(`"${String.fromCodePoint(source.codePointAt(at) ?? 0)}" has no meaning here`, source, at)
}

/** A string in either quote, with JSON's escapes and `\'`. */
function quoted(source: string, at: number, quote: string): { token: Token; end: number } {
  let text = ''
  for (let i = at + 1; i < source.length; i++) {
    const char = source[i]
    if (char === quote) return { token: { kind: 'string', text, at }, end: i + 1 }
    if (char !== '\\') {
      text += char
      continue
    }
    i++
    const escaped = source[i] ?? ''
    const code = escaped === 'u' ? /^[0-9a-fA-F]{4}/.exec(source.slice(i + 1))?.[0] : undefined
    if (escaped === 'u' && code === undefined) throw new FilterSyntaxError('\\u needs four hexadecimal digits', source, i - 1)
    text += code === undefined ? (ESCAPES[escaped] ?? escaped) : String.fromCharCode(Number.parseInt(code, 16))
    if (code !== undefined) i += 4
  }
  throw new FilterSyntaxError(`the string that starts here has no closing ${quote}`, source, at)
}
