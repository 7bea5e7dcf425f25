import { ShitopsError } from '../../base/errors.ts'
import type { Place } from './expr.ts'

/** A script that can be read but not run: SHITOPS_E_SQL_PLAN with the position, the reason, and the nearest way. */
export function planError(at: Place | undefined, reason: string, suggestions: readonly string[] = []): ShitopsError {
  const where = at ? `line ${at.line}, column ${at.column}: ` : ''
  return new ShitopsError('SHITOPS_E_SQL_PLAN', `${where}${reason}`, { suggestions: [...suggestions] })
}
