import { ShitopsError } from '../../base/errors.ts'
import type { Position, Span } from './ast.ts'

/** Longer lines are cut around the place: a line of a generated script can be a megabyte. */
const EXCERPT = 100

/** A SQL script that cannot be read: where, what was found, what could have stood there, and the line with a caret under the place. */
export class SqlSyntaxError extends ShitopsError {
  readonly at: Span
  /** What stands there as it was written; empty at the end of the script. */
  readonly found: string

  /** @param problem what is wrong, without the place */
  constructor(problem: string, source: string, at: Span, suggestions: readonly string[] = []) {
    super('SHITOPS_E_SQL_SYNTAX', `line ${at.start.line}:${at.start.column}: ${problem}\n${excerpt(source, at)}`, {
      suggestions: [...suggestions],
    })
    this.name = 'SqlSyntaxError'
    this.at = at
    this.found = source.slice(at.start.offset, at.end.offset)
  }
}

/** The line of a place in a script, and under it carets: for syntax errors here, and for what a planner refuses. */
export function excerpt(source: string, at: Span): string {
  const lineStart = at.start.offset - (at.start.column - 1)
  const lineEnd = lineEndFrom(source, at.start)
  const from = at.start.column - 1 > EXCERPT * 0.75 ? at.start.offset - EXCERPT / 2 : lineStart
  const to = Math.min(lineEnd, from + EXCERPT)
  // A tab stays a tab in the line of the caret, so that both lines are as wide in any terminal.
  const lead = source.slice(from, at.start.offset).replace(/[^\t]/g, ' ')
  const length = Math.max(1, Math.min(at.end.offset, to) - at.start.offset)
  return `  ${printable(source.slice(from, to))}\n  ${lead}${'^'.repeat(length)}`
}

function lineEndFrom(source: string, start: Position): number {
  const end = source.indexOf('\n', start.offset)
  if (end < 0) return source.length
  return source[end - 1] === '\r' ? end - 1 : end
}

/** Control characters would move the cursor of a terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}
