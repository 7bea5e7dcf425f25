import { StreamClient, type StreamClientOptions } from '../live/client.ts'
import type { ChannelName, ErrorFrame, ServerFrame, WireChange } from '../live/protocol.ts'
import type { World } from './world.ts'

export interface Connection {
  close(): void
}

export interface ConnectOptions extends Pick<StreamClientOptions, 'url' | 'token' | 'backoff'> {
  world: World
  now(): number
  /** The server did not let us in at all. */
  onRefused(why: string): void
  onError(error: ErrorFrame['data']): void
}

/** A client for each channel that the token opens; all that comes goes into the world. */
export async function connect({ url, token, backoff, world, now, onRefused, onError }: ConnectOptions): Promise<Connection> {
  const clients = new Map<ChannelName, StreamClient>()

  const client = (wanted?: ChannelName): StreamClient => {
    let channel = wanted
    const link = (state: 'connecting' | 'live' | 'stale' | 'ended', why: string) => {
      // Before the greeting the first channel has no name yet.
      world.link(channel ?? 'finance', { state, why })
      if (state === 'ended' && world.heardAt === undefined) onRefused(why)
    }
    const take = (type: 'snapshot' | 'delta' | 'gap' | 'lag', data: object) => {
      if (channel === undefined) return
      world.take(channel, { type, id: '', ts: '', data: { channel, ...data } } as unknown as ServerFrame, now())
    }
    const made: StreamClient = new StreamClient({
      ...{ url, token, backoff, channel: wanted, onError },
      onHeard: () => world.heard(now()),
      onHello: ({ channels }) => {
        const names = channels.map(({ channel: name }) => name)
        if (channel === undefined) {
          channel = names[0]
          world.links.clear()
          if (channel) clients.set(channel, made)
          link('connecting', 'the first snapshot is on its way')
        }
        for (const name of names) if (!clients.has(name)) open(name)
      },
      onSnapshot: (changes: readonly WireChange[], { first, last }) => take('snapshot', { first, last, changes }),
      onChanges: (changes) => take('delta', { changes }),
      onGap: (gap) => take('gap', gap),
      onLag: (lag) => take('lag', lag),
      onState: link,
    })
    return made
  }

  const open = (name: ChannelName): void => {
    const made = client(name)
    clients.set(name, made)
    void made.start()
  }

  world.link('finance', { state: 'connecting', why: url })
  const first = await client().start()
  return {
    close: () => {
      for (const each of new Set([first, ...clients.values()])) each.close()
    },
  }
}
