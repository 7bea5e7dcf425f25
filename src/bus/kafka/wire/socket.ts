import { connect as connectTcp, isIP, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Address } from '../settings.ts'
import type { FrameReader } from './frame-reader.ts'

const KEEP_ALIVE_MS = 60_000

export interface SocketOptions {
  tls: ConnectionOptions | null
  /** ms until it must be connected, encrypted included */
  timeoutMs: number
  /** Where what is read goes. */
  frames: FrameReader
  /** Told of bytes that came, and of what the reader says of them. */
  onBytes(failure?: unknown): void
}

/** A connected socket that reads right into the frames, plain or encrypted. Rejects with the system's or OpenSSL's error. */
export async function openSocket({ host, port }: Address, { tls, timeoutMs, frames, onBytes }: SocketOptions): Promise<Socket> {
  // Loaded for those that ask for it: the others need none of OpenSSL.
  const connectTls = tls && (await import('node:tls')).connect
  const onread = {
    buffer: () => frames.space(),
    callback: (count: number) => {
      try {
        frames.took(count)
        onBytes()
        return true
      } catch (error) {
        onBytes(error)
        return false
      }
    },
  }
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer)
      socket.off('error', fail).off('close', closed)
      resolve(socket)
    }
    const fail = (error: Error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const closed = () => fail(new Error('closed the connection'))
    const timer = setTimeout(() => fail(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs)
    // The types of tls.connect do not know onread; it hands its options on to the socket (Node 20, 22, 24: lib/_tls_wrap.js).
    const socket = connectTls
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...tls, onread } as ConnectionOptions, done)
      : connectTcp({ host, port, onread }, done)
    // Requests are small and each is one write: Nagle would only hold them back.
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS)
    socket.once('error', fail).once('close', closed)
  })
}
