import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the enrolment file is when nobody says otherwise: with the user's configuration (XDG base directories). */
export function defaultEnrolmentPath(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'shitops', 'enrolment.yaml')
}
