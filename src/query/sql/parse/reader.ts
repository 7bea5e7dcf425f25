import type { Expression, Identifier, Position, QualifiedName, Query, Span } from '../ast.ts'
import { type Token, tokens } from '../lexer.ts'
import { isReserved } from '../reserved.ts'
import { SqlSyntaxError } from '../syntax-error.ts'
import { adviceFor, describeToken, describeTried } from './unexpected.ts'

/** Deeper than anybody writes by hand, and far from the end of the stack. */
export const MAX_NESTING = 150

const QUERY_STARTS = new Set(['SELECT', 'WITH', 'VALUES'])
const QUERY_GOES_ON = new Set(['UNION', 'INTERSECT', 'EXCEPT', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH'])

/** Of the whole grammar, the rules that all parts need. They are handed in, so that the parts do not import each other in a circle. */
export interface Rules {
  /** @param minimum only operators that bind tighter than this are taken; 0 for all */
  expression(reader: Reader, minimum: number): Expression
  query(reader: Reader): Query
}

/** The tokens of a script, read one after the other, and what was tried at the place where reading stops. */
export class Reader {
  readonly source: string
  readonly #rules: Rules
  readonly #tokens: readonly Token[]
  #index = 0
  #nesting = 0
  #closings: ReadonlyMap<number, number> | undefined
  /** What was looked for at the current token and is not there. */
  readonly #tried: string[] = []

  constructor(source: string, rules: Rules) {
    this.source = source
    this.#rules = rules
    this.#tokens = tokens(source)
  }

  expression(minimum = 0): Expression {
    return this.nested(() => this.#rules.expression(this, minimum))
  }

  query(): Query {
    return this.nested(() => this.#rules.query(this))
  }

  /** Reads something that can hold itself, and gives up where it does so too often. */
  nested<T>(read: () => T): T {
    if (this.#nesting >= MAX_NESTING) throw this.error(`nested more than ${MAX_NESTING} deep`, this.peek().at)
    this.#nesting++
    const found = read()
    this.#nesting--
    return found
  }

  // ---- tokens

  /** @param ahead how many tokens behind the current one */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)]
    if (!token) throw new Error('a script has at least its end')
    return token
  }

  next(): Token {
    const token = this.peek()
    if (this.#index < this.#tokens.length - 1) this.#index++
    this.#tried.length = 0
    return token
  }

  /** True where the tokens from here on are these keywords. */
  isWords(...words: readonly string[]): boolean {
    for (let at = 0; at < words.length; at++) if (this.peek(at).upper !== words[at]) return false
    return true
  }

  /** Takes keywords, all of them or none. */
  accept(...words: readonly string[]): boolean {
    if (!this.isWords(...words)) {
      this.#tried.push(words[0] ?? '')
      return false
    }
    for (const _ of words) this.next()
    return true
  }

  /** Says that a keyword could have stood here, where that was found out without `accept`. */
  couldBe(word: string): void {
    this.#tried.push(word)
  }

  /** The one of these keywords that is here. */
  acceptOneOf<T extends string>(words: readonly T[]): T | undefined {
    return words.find((word) => this.accept(word))
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.accept(word)) throw this.unexpected()
  }

  expectOneOf<T extends string>(words: readonly T[]): T {
    const word = this.acceptOneOf(words)
    if (word === undefined) throw this.unexpected()
    return word
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'symbol' && token.text === symbol
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) {
      this.#tried.push(`"${symbol}"`)
      return false
    }
    this.next()
    return true
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) throw this.unexpected()
  }

  /**
   * At an opening parenthesis: true where a query is in it, false for an expression or a join. `((SELECT 1) UNION …)` is a query and
   * `((SELECT 1) + 1)` is not: what follows the inner parentheses tells.
   */
  holdsQuery(): boolean {
    for (let at = this.#index; ; at++) {
      const inner = this.#tokens[at + 1]
      if (!inner) return false
      if (inner.kind === 'word') {
        const follows = this.#tokens[at + 2]
        return inner.upper === 'TABLE' ? follows?.text !== '(' || follows.kind !== 'symbol' : QUERY_STARTS.has(inner.upper)
      }
      const close = this.#closing(at + 1)
      const behind = close === undefined ? undefined : this.#tokens[close + 1]
      if (!behind || !(QUERY_GOES_ON.has(behind.upper) || (behind.kind === 'symbol' && behind.text === ')'))) return false
    }
  }

  /** The index of the parenthesis that closes the one at `index`. */
  #closing(index: number): number | undefined {
    this.#closings ??= closings(this.#tokens)
    return this.#closings.get(index)
  }

  // ---- names and simple values

  /** True where a name can be: in backticks, or a word that is not reserved. */
  isName(ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'quoted' || (token.kind === 'word' && !isReserved(token.upper))
  }

  identifier(what = 'a name'): Identifier {
    if (!this.isName()) throw this.unexpected(what)
    const token = this.next()
    return { kind: 'identifier', name: token.text, at: token.at }
  }

  qualifiedName(what = 'a name'): QualifiedName {
    const start = this.start()
    const parts = [this.identifier(what)]
    while (this.acceptSymbol('.')) parts.push(this.identifier())
    return { kind: 'name', parts, at: this.span(start) }
  }

  string(what = 'a string in single quotes'): string {
    if (this.peek().kind !== 'string') throw this.unexpected(what)
    return this.next().text
  }

  /** A whole number without a sign. */
  integer(what = 'a whole number'): number {
    const token = this.peek()
    if (token.kind !== 'number' || !/^\d{1,15}$/.test(token.text)) throw this.unexpected(what)
    return Number(this.next().text)
  }

  // ---- lists

  /** One or more, with commas between. */
  list<T>(read: () => T): T[] {
    const items = [read()]
    while (this.acceptSymbol(',')) items.push(read())
    return items
  }

  parenthesised<T>(read: () => T): T {
    this.expectSymbol('(')
    const found = read()
    this.expectSymbol(')')
    return found
  }

  /** `(a, b)`, one or more. */
  names(what = 'a name'): Identifier[] {
    return this.parenthesised(() => this.list(() => this.identifier(what)))
  }

  // ---- places and errors

  start(): Position {
    return this.peek().at.start
  }

  /** From `start` to the end of the last token that was taken. */
  span(start: Position): Span {
    const end = this.#tokens[this.#index - 1]?.at.end ?? start
    return { start, end: end.offset < start.offset ? start : end }
  }

  /** The offset behind the last token that was taken. */
  previousEnd(): number {
    return this.#tokens[this.#index - 1]?.at.end.offset ?? 0
  }

  error(problem: string, at: Span, suggestions: readonly string[] = []): SqlSyntaxError {
    return new SqlSyntaxError(problem, this.source, at, suggestions)
  }

  /** The current token has no place here. @param what what has, in place of the keywords that were tried */
  unexpected(what?: string): SqlSyntaxError {
    const token = this.peek()
    const problem = `found ${describeToken(token)}, expected ${what ?? describeTried(new Set(this.#tried))}`
    const advice = adviceFor(token, this.#tokens[this.#index - 1], new Set(this.#tried), what)
    return this.error(problem, token.at, advice)
  }
}

function closings(all: readonly Token[]): Map<number, number> {
  const found = new Map<number, number>()
  const open: number[] = []
  for (const [index, token] of all.entries()) {
    if (token.kind !== 'symbol') continue
    if (token.text === '(') open.push(index)
    if (token.text !== ')') continue
    const opening = open.pop()
    if (opening !== undefined) found.set(opening, index)
  }
  return found
}
