import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where `shitops serve` keeps its tokens: with the user's configuration (XDG base directories). */
export function defaultServeDir(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'shitops', 'serve')
}
