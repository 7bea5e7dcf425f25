import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the secret of the pseudonyms is when nobody says otherwise: beside the enrolment file (XDG base directories). */
export function defaultSecretPath(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'shitops', 'pseudonym-secret')
}
