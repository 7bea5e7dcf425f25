import type { Metadata } from '@grpc/grpc-js'
import type { Method } from './messages.ts'

/** A message that a client sent. */
export interface RecordedRequest {
  method: Method
  /** By proto-loader, see AskedSubscribe; empty when the bytes are no such message. */
  message: object
  raw: Buffer
  /** What came with the RPC: `username`, `password`, `authorization`, `user-agent` … */
  metadata: Readonly<Record<string, string>>
  /** The client's end of the connection, `127.0.0.1:40404`. */
  peer: string
  /** Of a Subscribe: the stream's index. */
  stream?: number
}

/** Who may call: both words of a user, or a token in `authorization: Bearer …`. */
export type Credentials = { username: string; password: string } | { token: string }

export function entriesOf(metadata: Metadata): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata.getMap()).map(([name, value]) => [name, String(value)]))
}

/** Whether the metadata of an RPC carries the credentials (gNMI specification 3.1). */
export function admitted(metadata: Readonly<Record<string, string>>, credentials: Credentials): boolean {
  if ('token' in credentials) return metadata.authorization === `Bearer ${credentials.token}`
  return metadata.username === credentials.username && metadata.password === credentials.password
}
