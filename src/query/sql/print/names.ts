import type { Alias, Hint, HintArgument, Identifier, QualifiedName } from '../ast.ts'
import { isReserved } from '../reserved.ts'

const BARE = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Words that are not reserved, and yet mean something at one place or another: `MAP[`, `FINAL LAST(…)`, `KEY` of JSON_OBJECT, a function with
 * a syntax of its own. In backticks they are names everywhere.
 */
const SPECIAL: ReadonlySet<string> = new Set(
  'ABSENT CATALOG DEFAULT DESCRIPTOR ERROR FINAL FIRST HOP IGNORE KEY LAST MAP METADATA NULLS OVERWRITE RESPECT SESSION TIMESTAMPADD TIMESTAMPDIFF TUMBLE UNBOUNDED YEARS MONTHS DAYS HOURS MINUTES SECONDS WEEK QUARTER'.split(
    ' ',
  ),
)

/** A name as it must be written: in backticks where it is a reserved word, a special one, or has other characters than letters and digits. */
export function name(text: string): string {
  const upper = text.toUpperCase()
  return BARE.test(text) && !isReserved(upper) && !SPECIAL.has(upper) ? text : `\`${text.replaceAll('`', '``')}\``
}

export function identifier(node: Identifier): string {
  return name(node.name)
}

export function identifiers(nodes: readonly Identifier[]): string {
  return nodes.map(identifier).join(', ')
}

export function qualified(node: QualifiedName): string {
  return node.parts.map(identifier).join('.')
}

/** ` (a, b)`, or nothing where there is none. */
export function columnList(nodes: readonly Identifier[]): string {
  return nodes.length === 0 ? '' : ` (${identifiers(nodes)})`
}

/** ` AS t (a, b)`, or nothing. */
export function alias(node: Alias | undefined): string {
  return node ? ` AS ${identifier(node.name)}${columnList(node.columns)}` : ''
}

/** A string in single quotes. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** The hints of one place with a space before them, or nothing. */
export function hints(nodes: readonly Hint[]): string {
  return nodes.length === 0 ? '' : ` /*+ ${nodes.map(hint).join(', ')} */`
}

function hint(node: Hint): string {
  return node.arguments.length === 0 ? identifier(node.name) : `${identifier(node.name)}(${node.arguments.map(hintArgument).join(', ')})`
}

function hintArgument({ key, value }: HintArgument): string {
  const written = value.kind === 'string' ? text(value.value) : value.kind === 'number' ? value.text : identifier(value)
  return key === undefined ? written : `${text(key)} = ${written}`
}
