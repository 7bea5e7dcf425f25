import { ShitopsError } from './errors.ts'

/** One condition on a label, as Alertmanager has it. A label that is not there is the empty text. */
export interface Matcher {
  readonly name: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
  /** Whether a label's value, or the empty text where there is none, fits. */
  readonly test: (value: string) => boolean
}

export type Labels = Readonly<Record<string, string>>

/** Longer expressions say nothing that a person could check. */
const LONGEST = 1024

const NAME = /\s*([A-Za-z_][A-Za-z0-9_.]*)\s*/y
const OPERATOR = /(=~|!~|!=|=)\s*/y
const QUOTED = /"((?:[^"\\]|\\.)*)"/y
const BARE = /[^\s,{}"]+/y

/**
 * Matchers from one text: `severity="critical"`, `{site="hq", team=~"pay.*"}`, quotes only where the value has a blank, comma, brace or quote.
 * Regular expressions match the whole value.
 *
 * @throws SHITOPS_E_MATCHER, which shows where
 * @example parseMatchers('{alertname="device_flapping",site=~"hq.*"}')
 */
export function parseMatchers(text: string): Matcher[] {
  return new MatcherText(text).all()
}

/** Several texts, all of which must match. */
export function parseAllMatchers(texts: readonly string[]): Matcher[] {
  return texts.flatMap(parseMatchers)
}

/** @param value of the label @throws SHITOPS_E_MATCHER for an expression that is none */
export function matcher(name: string, op: Matcher['op'], value: string): Matcher {
  const test = testOf(name, op, value)
  return { name, op, value, test }
}

/** Whether every matcher fits the labels; without any, everything fits. */
export function matches(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ name, test }) => test(Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''))
}

/** `severity="critical"`: what {@link parseMatchers} reads as the same again. */
export function matcherText({ name, op, value }: Pick<Matcher, 'name' | 'op' | 'value'>): string {
  return `${name}${op}"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`
}

/** `{a="b",c=~"d"}`, the same for the same matchers in whatever order. */
export function matchersText(matchers: readonly Matcher[]): string {
  return `{${matchers.map(matcherText).sort().join(',')}}`
}

function testOf(name: string, op: Matcher['op'], value: string): Matcher['test'] {
  if (op === '=') return (found) => found === value
  if (op === '!=') return (found) => found !== value
  if (value.length > LONGEST) throw problem(`the expression for ${name} has more than ${LONGEST} characters`)
  let expression: RegExp
  try {
    expression = new RegExp(`^(?:${value})$`, 'su')
  } catch {
    throw problem(`"${value}" is no regular expression (${name}${op})`)
  }
  return op === '=~' ? (found) => expression.test(found) : (found) => !expression.test(found)
}

class MatcherText {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  all(): Matcher[] {
    const braced = this.#take(/\s*\{/y) !== undefined
    const found: Matcher[] = []
    while (!this.#ends(braced)) {
      if (found.length > 0 && this.#take(/\s*,/y) === undefined) this.#fail('"," is missing')
      if (found.length > 0 && this.#ends(braced)) break
      found.push(this.#one())
    }
    if (this.#at < this.#text.length) this.#fail('the matchers have ended')
    if (found.length === 0 && !braced) this.#fail('a matcher is missing')
    return found
  }

  #ends(braced: boolean): boolean {
    if (braced) return this.#take(/\s*\}\s*$/y) !== undefined
    return this.#take(/\s*$/y) !== undefined
  }

  #one(): Matcher {
    const name = this.#take(NAME)
    if (name?.[1] === undefined) return this.#fail('the name of a label is missing')
    const op = this.#take(OPERATOR)
    if (op?.[1] === undefined) return this.#fail('=, !=, =~ or !~ is missing')
    const quoted = this.#take(QUOTED)
    if (quoted) return matcher(name[1], op[1] as Matcher['op'], unescaped(quoted[1] ?? ''))
    const bare = this.#take(BARE)
    if (!bare) return this.#fail('a value is missing')
    return matcher(name[1], op[1] as Matcher['op'], bare[0])
  }

  #take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at
    const found = expression.exec(this.#text)
    if (!found) return undefined
    this.#at = expression.lastIndex
    return found
  }

  #fail(what: string): never {
    throw problem(`${this.#text.slice(0, this.#at)}▸${this.#text.slice(this.#at)}: ${what}`)
  }
}

/** `\\.` stays as it is, as in Alertmanager: expressions are full of them. */
const unescaped = (text: string): string => text.replace(/\\([n"\\])/g, (_, char: string) => (char === 'n' ? '\n' : char))

function problem(message: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_MATCHER', message, { suggestions: ['alertname="device_flapping"', 'site=~"hq.*"', 'team!=ledger'] })
}
