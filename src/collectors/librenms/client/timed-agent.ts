import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import type { LibrenmsConnection, Timeouts } from './options.ts'

interface Connects {
  createConnection(options: unknown, callback?: unknown): Socket
}

/** Keeps connections open between requests, at most as many as requests are made at once, and gives up on one that does not come about. */
export function timedAgent(address: string, connection: LibrenmsConnection, timeouts: Timeouts, maxSockets: number): HttpAgent {
  const secure = address.startsWith('https:')
  const common = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets }
  const tls = { ...(connection.ca !== undefined && { ca: connection.ca }), rejectUnauthorized: connection.skipVerify !== true }
  const agent = secure ? new HttpsAgent({ ...common, ...tls }) : new HttpAgent(common)
  const connects = agent as unknown as Connects
  const connect = connects.createConnection.bind(agent)
  connects.createConnection = (options, callback) => {
    const socket = connect(options, callback)
    const timer = setTimeout(() => socket.destroy(new ConnectTimeout()), timeouts.connect)
    const done = () => clearTimeout(timer)
    socket.once(secure ? 'secureConnect' : 'connect', done)
    socket.once('close', done)
    return socket
  }
  return agent
}

export class ConnectTimeout extends Error {
  readonly code = 'SHITOPS_CONNECT_TIMEOUT'
}
