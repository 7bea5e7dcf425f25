import { ShitopsError } from '../../base/errors.ts'
import type { Span } from '../sql/ast.ts'

/**
 * Refuses a query that cannot run, at its place in the text.
 *
 * @param message what is wrong and why
 * @param suggestions the nearest ways that work
 */
export function refuse(at: Span, message: string, ...suggestions: string[]): never {
  const { line, column } = at.start
  throw new ShitopsError('SHITOPS_E_SQL_PLAN', `line ${line}, column ${column}: ${message}`, suggestions.length > 0 ? { suggestions } : {})
}
