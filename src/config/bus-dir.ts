import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the embedded bus is when nobody says otherwise: $XDG_DATA_HOME/shitops/bus (XDG base directories). */
export function defaultBusDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share'), 'shitops', 'bus')
}
