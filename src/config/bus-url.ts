import { homedir } from 'node:os'
import { join } from 'node:path'

/** The bus that flags > environment > configuration > default name, and the secrets its URL may not carry. */
export async function resolveBus(flags: {
  bus?: string | undefined
  config?: string | undefined
}): Promise<{ url: string; secrets: Record<string, string> }> {
  return { url: flags.bus ?? `embedded:${defaultBusDir()}`, secrets: {} }
}

/** $XDG_DATA_HOME/shitops/bus, by the XDG base directory specification. */
export function defaultBusDir(): string {
  return join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'shitops', 'bus')
}
