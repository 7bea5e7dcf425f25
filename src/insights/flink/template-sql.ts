import type { Column } from '../../query/types/sql-type.ts'
import { PLACE } from '../template.ts'
import { durationText, finite, fixed, isNumber, literal, significant, textOf } from './values.ts'

/** What stands behind a column's name in a template, as template.ts has it. */
const FORMATS: Readonly<Record<string, (x: string) => string>> = {
  '%': (x) => `${fixed(`${x} * 100`, 1)} || ' %'`,
  ':duration': (x) => durationText(`${x} * 1000`),
  ':bps': (x) => `${significant(`${x} / 1000000`, 3)} || ' Mbit/s'`,
}

/** A template (template.ts) as an expression of SQL over the columns of an insight: the text that `fill` gives. */
export function templateSql(template: string, columns: readonly Column[]): string {
  const parts: string[] = []
  let end = 0
  for (const match of template.matchAll(PLACE)) {
    const [all, name, format] = match
    if (match.index > end) parts.push(literal(template.slice(end, match.index)))
    end = match.index + all.length
    const column = columns.find((each) => each.name === name)
    parts.push(column ? `COALESCE(${shown(column, format)}, '?')` : literal('?'))
  }
  if (end < template.length || parts.length === 0) parts.push(literal(template.slice(end)))
  return parts.join(' || ')
}

function shown(column: Column, format: string | undefined): string {
  const show = format === undefined ? undefined : FORMATS[format]
  return show && isNumber(column) ? show(finite(column)) : textOf(column)
}
