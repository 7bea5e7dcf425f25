import type { AlertBook } from '../../alerts/alert-book.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Alert } from '../../events/event-types.ts'

/** The alert of a fingerprint, or of the beginning of one that no other shares. @throws SHITOPS_E_ALERT_UNKNOWN */
export function findAlert(book: AlertBook, text: string): Alert {
  const exact = book.alert(text)
  if (exact) return exact
  const like = text.length < 4 ? [] : [...book.alerts()].filter(({ fingerprint }) => fingerprint.startsWith(text.toLowerCase()))
  const [only, ...others] = like
  if (only && others.length === 0) return only
  const why = others.length > 0 ? `${like.length} alerts begin with ${text}` : `there is no alert ${text}`
  const suggestions = others.length > 0 ? like.slice(0, 5).map(({ fingerprint }) => fingerprint) : ['shitops alert list --all']
  throw new ShitopsError('SHITOPS_E_ALERT_UNKNOWN', why, { suggestions })
}

/** Who acts, where nobody says: the user of this machine. */
export function authorOf(flag: string | undefined, env: NodeJS.ProcessEnv): string {
  const name = flag ?? env.USER ?? env.USERNAME ?? ''
  if (name.trim() !== '') return name.trim()
  throw new ShitopsError('SHITOPS_E_USAGE', 'nobody says who does this', { suggestions: ['--author netops-1'] })
}
