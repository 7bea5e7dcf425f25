import { INSTANT_FORMS, parseInstant } from '../../base/instant.ts'
import { nearest } from '../../base/nearest.ts'
import { COMPARISONS, type Comparison, type FilterNode, ROOTS, type Root } from './ast.ts'
import { type Token, tokens } from './lexer.ts'
import { FilterSyntaxError } from './syntax-error.ts'

/** How tightly each operator binds; `not` lies between `and` and the comparisons, as in SQL and Python. */
const OR = 1
const AND = 2
const NOT = 3
const COMPARE = 4

/** Deeper nesting than a person writes; keeps the recursion off the end of the stack. */
const MAX_DEPTH = 100

/** A Pratt parser over the tokens of one expression. */
class Parser {
  readonly #source: string
  readonly #now: number
  readonly #tokens: Token[]
  #position = 0
  #depth = 0

  constructor(source: string, now: number) {
    this.#source = source
    this.#now = now
    this.#tokens = tokens(source)
  }

  parse(): FilterNode {
    const node = this.#expression(0)
    if (this.#peek().kind !== 'end') throw this.#unexpected('an operator (==, <, in, contains, matches, and, or) or the end')
    return node
  }

  #expression(minimum: number): FilterNode {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`nested more than ${MAX_DEPTH} deep`)
    const start = this.#peek().at
    let left = this.#prefix()
    for (;;) {
      const operator = this.#infix()
      if (!operator || operator.power <= minimum) break
      for (let i = 0; i < operator.tokens; i++) this.#take()
      left = this.#combine(left, start, operator)
    }
    this.#depth--
    return left
  }

  #combine(left: FilterNode, start: number, operator: Infix): FilterNode {
    const at = this.#peek().at
    const right = this.#expression(operator.power)
    if (operator.name === 'and' || operator.name === 'or') return { type: operator.name, left, right }
    const compare: FilterNode = {
      type: 'compare',
      operator: operator.name,
      left: this.#instantBeside(right, left, start),
      right: operator.name === 'matches' ? this.#pattern(right, at) : this.#instantBeside(left, right, at),
    }
    if (operator.name === 'in' && right.type !== 'list' && right.type !== 'field') throw this.#error('"in" needs a list: [a, b]', at)
    return operator.negated ? { type: 'not', operand: compare } : compare
  }

  /** The operator ahead, how it binds, and of how many tokens it is. */
  #infix(): Infix | undefined {
    const token = this.#peek()
    const word = wordOf(token)
    if (word === 'and' || word === '&&') return { name: 'and', power: AND, tokens: 1 }
    if (word === 'or' || word === '||') return { name: 'or', power: OR, tokens: 1 }
    if (word === '=') throw this.#error('equality is written ==')
    if (isComparison(word)) return { name: word, power: COMPARE, tokens: 1 }
    const second = wordOf(this.#peek(1))
    if (word === 'not' && (second === 'in' || second === 'contains' || second === 'matches')) {
      return { name: second, power: COMPARE, tokens: 2, negated: true }
    }
    return undefined
  }

  #prefix(): FilterNode {
    const token = this.#take()
    if (token.kind === 'number') return { type: 'literal', value: Number(token.text) }
    if (token.kind === 'string') return { type: 'literal', value: token.text }
    if (token.kind === 'time') return { type: 'literal', value: this.#instant(token.text, token.at) }
    if (token.kind === 'regex') return { type: 'regex', value: this.#regex(token.text, token.flags ?? '', token.at) }
    const word = wordOf(token)
    if (word === 'not' || word === '!') return { type: 'not', operand: this.#expression(NOT) }
    if (word === 'true' || word === 'false') return { type: 'literal', value: word === 'true' }
    if (word === 'null') return { type: 'literal', value: null }
    if (word === 'exists') return this.#exists()
    if (token.kind === 'name') return this.#field(token)
    if (word === '(') return this.#closed(this.#expression(0), ')')
    if (word === '[') return this.#list()
    this.#position--
    throw this.#unexpected('a field, a value or "("')
  }

  #exists(): FilterNode {
    const at = this.#peek().at
    const field = this.#expression(COMPARE)
    if (field.type !== 'field') throw this.#error('"exists" needs a field: exists value.name', at)
    return { type: 'exists', field }
  }

  #list(): FilterNode {
    const items: FilterNode[] = []
    while (!this.#is(']')) {
      items.push(this.#expression(0))
      if (!this.#is(',')) break
      this.#take()
    }
    return this.#closed({ type: 'list', items }, ']')
  }

  #field(token: Token): FilterNode {
    const root = ROOTS.find((name) => name === token.text)
    if (!root) throw this.#unknownRoot(token)
    const path: Array<string | number> = []
    for (;;) {
      if (this.#is('.')) {
        this.#take()
        const name = this.#take()
        if (name.kind !== 'name') throw this.#error(`expected a field name after "."`, name.at)
        path.push(name.text)
      } else if (this.#is('[')) {
        this.#take()
        const index = this.#take()
        if (index.kind !== 'string' && !/^\d+$/.test(index.text)) throw this.#error('expected "name" or an index from 0', index.at)
        path.push(index.kind === 'string' ? index.text : Number(index.text))
        this.#closed(undefined, ']')
      } else break
    }
    this.#checkPath(root, path, token)
    return { type: 'field', root, path }
  }

  #checkPath(root: Root, path: ReadonlyArray<string | number>, token: Token): void {
    if (root === 'headers' && path.length !== 1) throw this.#error('a header is named as headers.NAME or headers["NAME"]', token.at)
    if (root !== 'headers' && root !== 'value' && path.length > 0) throw this.#error(`${root} has no fields`, token.at)
  }

  #unknownRoot(token: Token): FilterSyntaxError {
    const root = nearest(token.text, ROOTS)
    const guess = root ? this.#source.slice(0, token.at) + root + this.#source.slice(token.at + token.text.length) : undefined
    const guesses = [...(guess ? [`--filter '${guess}'`] : []), ...(root ? [] : [`value.${token.text}, if it is a field of the value`])]
    return new FilterSyntaxError(`a record has no "${token.text}"; it has ${ROOTS.join(', ')}`, this.#source, token.at, guesses)
  }

  /** Text compared with the timestamp is an instant, so that `timestamp >= "2026-01-31T09:00:00Z"` says what it seems to say. */
  #instantBeside(other: FilterNode, node: FilterNode, at: number): FilterNode {
    if (other.type !== 'field' || other.root !== 'timestamp') return node
    if (node.type === 'list') return { type: 'list', items: node.items.map((item) => this.#instantBeside(other, item, at)) }
    if (node.type !== 'literal' || typeof node.value !== 'string') return node
    return { type: 'literal', value: this.#instant(node.value, at) }
  }

  #instant(text: string, at: number): number {
    const ms = parseInstant(text, this.#now)
    if (ms === undefined) throw this.#error(`"${text}" is not a time; write ${INSTANT_FORMS}`, at)
    return ms
  }

  #pattern(node: FilterNode, at: number): FilterNode {
    if (node.type === 'regex') return node
    if (node.type !== 'literal' || typeof node.value !== 'string') throw this.#error('"matches" needs a pattern: "^eth" or /^eth/i', at)
    return { type: 'regex', value: this.#regex(node.value, '', at) }
  }

  #regex(pattern: string, flags: string, at: number): RegExp {
    if (/[^imsu]/.test(flags)) throw this.#error('a pattern takes the flags i, m, s and u', at)
    try {
      return new RegExp(pattern, flags)
    } catch (error) {
      throw this.#error(`not a regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}`, at)
    }
  }

  #closed<T>(node: T, bracket: string): T {
    if (!this.#is(bracket)) throw this.#unexpected(`"${bracket}"`)
    this.#take()
    return node
  }

  #is(symbol: string): boolean {
    const token = this.#peek()
    return token.kind === 'symbol' && token.text === symbol
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)] ?? { kind: 'end', text: '', at: this.#source.length }
  }

  #take(): Token {
    const token = this.#peek()
    this.#position++
    return token
  }

  #unexpected(wanted: string): FilterSyntaxError {
    const token = this.#peek()
    return this.#error(`expected ${wanted}, got ${token.kind === 'end' ? 'the end' : `"${token.text}"`}`)
  }

  #error(problem: string, at = this.#peek().at): FilterSyntaxError {
    return new FilterSyntaxError(problem, this.#source, at)
  }
}

interface Infix {
  name: Comparison | 'and' | 'or'
  power: number
  tokens: number
  negated?: boolean
}

/** Keywords are written in either case; symbols as they are. */
const wordOf = (token: Token) => (token.kind === 'name' ? token.text.toLowerCase() : token.kind === 'symbol' ? token.text : '')
const isComparison = (word: string): word is Comparison => (COMPARISONS as readonly string[]).includes(word)

/** The syntax tree of a filter expression. @param now ms since the epoch, for times such as `@15m`. Throws {@link FilterSyntaxError}. */
export function parseFilter(source: string, now: number): FilterNode {
  return new Parser(source, now).parse()
}
