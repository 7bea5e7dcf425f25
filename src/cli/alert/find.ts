import { userInfo } from 'node:os'
import type { AlertBook } from '../../alerts/alert-book.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Alert } from '../../events/event-types.ts'

/** The alert of a fingerprint, or of the beginning of one that no other shares. @throws SHITOPS_E_ALERT_UNKNOWN */
export function findAlert(book: AlertBook, text: string): Alert {
  const exact = book.alert(text)
  if (exact) return exact
  // As a narrow terminal shows it.
  const begin = text.toLowerCase().replace(/…$/, '')
  const like = begin.length < 4 ? [] : [...book.alerts()].filter(({ fingerprint }) => fingerprint.startsWith(begin))
  const [only, ...others] = like
  if (only && others.length === 0) return only
  const why = others.length > 0 ? `${like.length} alerts begin with ${text}` : `there is no alert ${text}`
  const suggestions = others.length > 0 ? like.slice(0, 5).map(({ fingerprint }) => fingerprint) : ['shitops alert list --all']
  throw new ShitopsError('SHITOPS_E_ALERT_UNKNOWN', why, { suggestions })
}

/**
 * Who acts, where nobody says: the user of this machine, also in a job of cron or a container, where no variable has the name.
 * @param system the name by the system's own list; it throws for a user that has none
 * @throws SHITOPS_E_USAGE
 */
export function authorOf(flag: string | undefined, env: NodeJS.ProcessEnv, system = () => userInfo().username): string {
  const name = (flag ?? env.USER ?? env.USERNAME ?? nameBy(system)).trim()
  if (name !== '') return name
  const why = flag === undefined ? 'who does this is not known: this user has no name' : '--author is empty'
  throw new ShitopsError('SHITOPS_E_USAGE', why, { suggestions: ['--author netops-1'] })
}

function nameBy(system: () => string): string {
  try {
    return system()
  } catch {
    return ''
  }
}
