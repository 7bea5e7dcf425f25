import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where `shitops gnmi agent` keeps its password, key and certificate: with the user's configuration (XDG base directories). */
export function defaultAgentDir(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'shitops', 'gnmi-agent')
}
