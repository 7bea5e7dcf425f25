import { randomBytes } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { silentLogger } from '../../base/log.ts'
import { packageFile } from '../../base/package-file.ts'
import type { Bus } from '../../bus/bus.ts'
import { builtInInsights } from '../../insights/library.ts'
import { parseTokens } from '../../server/access/tokens.ts'
import { type ServeOptions, serve } from '../../server/serve.ts'

export interface OwnServer {
  url: string
  token: string
  close(): Promise<void>
}

/** 128 bits: nobody guesses it, and an address with it fits into a line of 80 columns. */
const TOKEN_BYTES = 16

export interface OwnServerOptions extends Partial<Pick<ServeOptions, 'port' | 'minCount' | 'maxClients' | 'ticking' | 'namedBus'>> {
  /** Who acknowledges and silences. */
  author: string
  clock: Clock
}

/**
 * A server of this process alone over the bus: any free port of 127.0.0.1, and a token that nobody else has. So a bus of one's own is seen through the
 * same rules about people and channels as somebody else's server, and acts are written down as there.
 */
export async function ownServer(bus: Bus, { author, clock, port = 0, maxClients = 4, ...other }: OwnServerOptions): Promise<OwnServer> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const insights = new Map((await builtInInsights()).map(({ name, alert: { channel } }) => [name, channel]))
  const server = await serve({
    ...{ bus, clock, insights, logger: silentLogger, places: { hosts: [], origins: [] }, host: '127.0.0.1', port, version: '' },
    tokens: parseTokens(`${nameOf(author)} finance,operations,write ${token}`, 'dash'),
    writable: true,
    webRoot: packageFile('dist/web'),
    ...{ ...other, maxClients },
  })
  try {
    await server.loaded
  } catch (error) {
    await server.close()
    throw error
  }
  return { url: server.url, token, close: () => server.close() }
}

/** A user's name as tokens have it: lower-case letters, digits, _ and -. */
export function nameOf(author: string): string {
  const name = author
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
  return name === '' ? 'local' : name
}
