import { StreamClient, type StreamClientOptions } from '../live/client.ts'
import { connectByWs } from '../live/connect-ws.ts'
import type { ChannelName, ErrorFrame } from '../live/protocol.ts'
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
  const socket = await connectByWs()

  const client = (wanted?: ChannelName): StreamClient => {
    let channel = wanted
    const link = (state: StreamClient['state'], why: string) => {
      // Before the greeting the first channel has no name yet.
      world.link(channel ?? 'finance', { state, why })
      if (state === 'ended' && world.heardAt === undefined) onRefused(why)
    }
    const made: StreamClient = new StreamClient({
      ...{ url, token, backoff, channel: wanted, onError, connect: socket },
      onHeard: () => world.heard(now()),
      onFrame: (frame) => {
        if (channel !== undefined && frame.type !== 'hello' && frame.type !== 'heartbeat') world.take(channel, frame, now())
      },
      onHello: ({ channels, bus }) => {
        world.bus = bus
        const names = channels.map(({ channel: name }) => name)
        if (channel === undefined) {
          channel = names[0]
          world.links.clear()
          if (channel) clients.set(channel, made)
          link('connecting', 'the first snapshot is on its way')
        }
        for (const name of names) if (!clients.has(name)) clients.set(name, client(name).start())
      },
      onState: link,
    })
    return made
  }

  world.link('finance', { state: 'connecting', why: url })
  const first = client().start()
  return {
    close: () => {
      for (const each of new Set([first, ...clients.values()])) each.close()
    },
  }
}
