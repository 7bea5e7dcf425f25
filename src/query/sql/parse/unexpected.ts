import { nearest } from '../../../base/nearest.ts'
import type { Token } from '../lexer.ts'
import { isReserved } from '../reserved.ts'

/** Words that begin a clause: where one is misspelt it is read as an alias, and the error comes one word later. */
const CLAUSES = words(`
  SELECT FROM WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT OFFSET FETCH UNION INTERSECT EXCEPT JOIN INNER LEFT RIGHT FULL CROSS NATURAL USING
  WITH VALUES INSERT MATCH_RECOGNIZE
`)

/** What may stand behind any expression: named as one in a list of what was expected. */
const OPERATORS = new Set(['OR', 'AND', 'IS', 'NOT', 'OVERLAPS', 'MEMBER', 'BETWEEN', 'IN', 'LIKE', 'SIMILAR', '"."'])

/** Where an expression is missing these are the next clause, and hardly somebody's column. */
const NEVER_NAMES = new Set(words('FROM WHERE SELECT AS AND OR ON THEN WHEN ELSE HAVING JOIN'))

const MOST = 7

/** What stands there, for an error text. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the script'
    case 'string':
      return `the string '${cut(token.text)}'`
    case 'binary':
      return `X'${cut(token.text)}'`
    case 'quoted':
      return `\`${cut(token.text)}\``
    case 'number':
      return `the number ${cut(token.text)}`
    case 'word':
      return isReserved(token.upper) ? `the reserved word ${token.upper}` : cut(token.text)
    case 'symbol':
      return `"${token.text}"`
  }
}

/** What could have stood there. */
export function describeTried(tried: ReadonlySet<string>): string {
  const found = [...tried]
  const isBehindExpression = tried.has('OR')
  const shown = isBehindExpression ? [...found.filter((item) => !OPERATORS.has(item)), 'an operator'] : found
  return orList(shown.length > MOST ? [...shown.slice(0, MOST), '…'] : shown)
}

/** What to type instead: a keyword that was meant, or backticks around a reserved word. */
export function adviceFor(token: Token, previous: Token | undefined, tried: ReadonlySet<string>, what?: string): string[] {
  const advice: string[] = []
  const keywords = [...tried].filter((item) => /^[A-Z]/.test(item))
  const meant = token.kind === 'word' && !isReserved(token.upper) ? nearest(token.upper, keywords) : undefined
  if (meant !== undefined) advice.push(`did you mean ${meant}?`)
  if (meant === undefined && previous?.kind === 'word' && previous.text.length > 3 && !isReserved(previous.upper)) {
    const clause = nearest(previous.upper, CLAUSES)
    if (clause !== undefined) advice.push(`did you mean ${clause} where ${previous.text} stands?`)
  }
  if (advice.length === 0 && token.kind === 'word' && isReserved(token.upper) && mayBeName(token, what)) {
    advice.push(`${token.upper} is a reserved word: as a name it needs backticks, \`${token.text}\``)
  }
  if (token.kind === 'symbol' && token.text === '!=') advice.push('Flink SQL writes it as <>')
  return advice
}

function mayBeName(token: Token, what: string | undefined): boolean {
  const isNameExpected = what !== undefined && what !== 'an expression'
  return isNameExpected || !NEVER_NAMES.has(token.upper)
}

function cut(text: string): string {
  // Control characters would move the cursor of a terminal.
  const line = text.replaceAll(/\s+/g, ' ').replaceAll(/\p{Cc}/gu, '\ufffd')
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}

function orList(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? 'nothing more'
  return `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
