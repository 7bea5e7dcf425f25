import type { Position, Span } from './ast.ts'
import { SqlSyntaxError } from './syntax-error.ts'

export type TokenKind = 'word' | 'quoted' | 'number' | 'string' | 'binary' | 'symbol' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** A word as written, a name or string without its quotes, the digits of a number or of X'..', a symbol. */
  readonly text: string
  /** Of a word: in upper case; else empty. */
  readonly upper: string
  readonly at: Span
}

const LINE_FEED = 0x0a
const BLANK = /\s+|--[^\n]*|\/\/[^\n]*/y
const WORD = /[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$]*/uy
const NUMBER = /(?:\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/y
const SYMBOL = /\/\*\+|\*\/|=>|<=|>=|<>|!=|\|\||[-+*/%=<>()[\]{},;.:?^|]/y
const BINARY = /[xX]'([^']*)'/y
const UNICODE = /[uU]&'/y
const UESCAPE = /\s*uescape\s*'([^'])'/iy

/** The tokens of a script, the last of kind `end`: comments are left out, hints stay. Throws {@link SqlSyntaxError}. */
export function tokens(source: string): Token[] {
  return new Lexer(source).all()
}

class Lexer {
  readonly #source: string
  #offset = 0
  #line = 1
  #lineStart = 0

  constructor(source: string) {
    this.#source = source
  }

  all(): Token[] {
    const found: Token[] = []
    let openHint: Position | undefined
    for (;;) {
      this.#skipBlank()
      const start = this.#position()
      if (this.#offset >= this.#source.length) {
        if (openHint) throw this.#error('the hint that starts here has no closing */', openHint, 3)
        found.push({ kind: 'end', text: '', upper: '', at: { start, end: start } })
        return found
      }
      const token = this.#token(start)
      if (token.kind === 'symbol' && token.text === '/*+') openHint ??= start
      if (token.kind === 'symbol' && token.text === '*/') openHint = undefined
      found.push(token)
    }
  }

  #skipBlank(): void {
    for (;;) {
      if (this.#take(BLANK)) continue
      if (!this.#source.startsWith('/*', this.#offset) || this.#source[this.#offset + 2] === '+') return
      const end = this.#source.indexOf('*/', this.#offset + 2)
      if (end < 0) throw this.#error('the comment that starts here has no closing */', this.#position(), 2)
      this.#moveTo(end + 2)
    }
  }

  #token(start: Position): Token {
    const first = this.#source[this.#offset] ?? ''
    if (first === "'") return this.#string(start, 1)
    if (first === '`') return this.#quoted(start)
    if (first === 'x' || first === 'X') {
      const binary = this.#take(BINARY)
      if (binary) return this.#binary(start, binary[1] ?? '')
    }
    if ((first === 'u' || first === 'U') && this.#matches(UNICODE)) return this.#unicode(start)
    const word = this.#take(WORD)
    if (word) return { kind: 'word', text: word[0], upper: word[0].toUpperCase(), at: this.#span(start) }
    const number = this.#take(NUMBER)
    if (number) return this.#number(start, number[0])
    const symbol = this.#take(SYMBOL)
    if (symbol) return { kind: 'symbol', text: symbol[0], upper: '', at: this.#span(start) }
    throw this.#unknown(start)
  }

  /** The text between single quotes, where `''` is one. @param skip the characters up to and with the opening quote */
  #string(start: Position, skip: number): Token {
    const text = this.#enclosed(start, "'", skip, 'the string that starts here has no closing quote')
    return { kind: 'string', text, upper: '', at: this.#span(start) }
  }

  #quoted(start: Position): Token {
    const text = this.#enclosed(start, '`', 1, 'the name that starts here has no closing backtick')
    if (text === '') throw new SqlSyntaxError('a name in backticks is empty', this.#source, this.#span(start))
    return { kind: 'quoted', text, upper: '', at: this.#span(start) }
  }

  #enclosed(start: Position, quote: string, skip: number, problem: string): string {
    const begin = this.#offset + skip
    for (let at = begin; ; at += 2) {
      at = this.#source.indexOf(quote, at)
      if (at < 0) throw this.#error(problem, start, skip)
      if (this.#source[at + 1] === quote) continue
      const text = this.#source.slice(begin, at).replaceAll(quote + quote, quote)
      this.#moveTo(at + 1)
      return text
    }
  }

  #binary(start: Position, hex: string): Token {
    if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) {
      throw new SqlSyntaxError("X'..' holds pairs of hexadecimal digits", this.#source, this.#span(start), [`write it as X'0aff'`])
    }
    return { kind: 'binary', text: hex.toUpperCase(), upper: '', at: this.#span(start) }
  }

  /** `U&'caf\00e9'`, perhaps with UESCAPE and another character in place of the backslash. */
  #unicode(start: Position): Token {
    const raw = this.#string(start, 3).text
    const escaping = this.#take(UESCAPE)?.[1] ?? '\\'
    let text = ''
    for (let at = 0; at < raw.length; at++) {
      if (raw[at] !== escaping) {
        text += raw[at]
      } else if (raw[at + 1] === escaping) {
        text += escaping
        at++
      } else {
        const digits = /^[0-9a-f]{4}/i.exec(raw.slice(at + 1, at + 5))
        if (!digits) throw new SqlSyntaxError(`${escaping} needs four hexadecimal digits in U&'..'`, this.#source, this.#span(start))
        text += String.fromCharCode(Number.parseInt(digits[0], 16))
        at += 4
      }
    }
    return { kind: 'string', text, upper: '', at: this.#span(start) }
  }

  #number(start: Position, text: string): Token {
    if (this.#take(WORD)) {
      const at = this.#span(start)
      const written = this.#source.slice(start.offset, this.#offset)
      throw new SqlSyntaxError(`${written} is neither a number nor a name`, this.#source, at, [
        `a name that begins with a digit needs backticks: \`${written}\``,
      ])
    }
    return { kind: 'number', text, upper: '', at: this.#span(start) }
  }

  #unknown(start: Position): SqlSyntaxError {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#offset) ?? 0)
    const advice =
      char === '"'
        ? ["strings have single quotes: 'text'", 'names that need quotes have backticks: `name`']
        : /[\u2018\u2019\u201c\u201d]/.test(char)
          ? ["a word processor changed the quotes: strings have straight ones, 'text'"]
          : []
    const shown = /[\p{C}\p{Z}]/u.test(char) ? `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}` : char
    return this.#error(`the character ${shown} has no meaning in SQL`, start, char.length, advice)
  }

  #error(problem: string, start: Position, length: number, advice: string[] = []): SqlSyntaxError {
    const end = { ...start, offset: start.offset + length, column: start.column + length }
    return new SqlSyntaxError(problem, this.#source, { start, end }, advice)
  }

  #matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset
    return pattern.test(this.#source)
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#offset
    const match = pattern.exec(this.#source)
    if (match) this.#moveTo(this.#offset + match[0].length)
    return match
  }

  #moveTo(offset: number): void {
    // Not by indexOf: where a script is one line it would look to the end for each token.
    for (let at = this.#offset; at < offset; at++) {
      if (this.#source.charCodeAt(at) !== LINE_FEED) continue
      this.#line++
      this.#lineStart = at + 1
    }
    this.#offset = offset
  }

  #position(): Position {
    return { offset: this.#offset, line: this.#line, column: this.#offset - this.#lineStart + 1 }
  }

  #span(start: Position): Span {
    return { start, end: this.#position() }
  }
}
