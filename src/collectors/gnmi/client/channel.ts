import { isIP, type Socket } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import type { ChannelCredentials, ChannelOptions, Client } from '@grpc/grpc-js'
import { CONNECTION_DEFAULTS, type ConnectionOptions, DEFAULT_PORT, type TlsOptions } from './connection-options.ts'
import type { GrpcModule } from './grpc.ts'

/** The system asks the other side so often whether it is still there, ms: a router that went away silently is noticed. */
const TCP_KEEPALIVE = 15_000

/** A gRPC client of one address. It connects when it is first used, and belongs to nobody else: two of one address are two connections. */
export interface Channel {
  readonly client: Client
  /** There is a connection: from now on it is the calls' on it, and ends with the last of them. */
  settle(): void
  /**
   * Let go of it. What is still connecting is cut: gRPC (1.14) leaves its socket open for as long as the other side says nothing, which for
   * a device that hangs is one more with each attempt.
   */
  close(): void
}

export function openChannel(grpc: GrpcModule, address: string, options: ConnectionOptions): Channel {
  const target = withPort(address)
  const connecting = new Set<Cuttable>()
  let closed = false
  const began = (socket: Cuttable) => {
    // TCP may stand a moment after nobody wants it any more.
    if (closed) socket.destroy()
    connecting.add(socket)
    socket.once('close', () => connecting.delete(socket))
  }
  const client = new grpc.Client(target, credentialsOf(grpc, target, options.tls, began), channelOptions(options))
  return {
    client,
    settle: () => connecting.clear(),
    close: () => {
      closed = true
      client.close()
      for (const socket of connecting) socket.destroy()
    },
  }
}

type Cuttable = Pick<Socket, 'setKeepAlive' | 'destroy' | 'once'>

function channelOptions({ tls, maxMessageBytes, windowBytes, keepalive, userAgent }: ConnectionOptions): ChannelOptions {
  return {
    'grpc.max_receive_message_length': maxMessageBytes ?? CONNECTION_DEFAULTS.maxMessageBytes,
    'grpc.use_local_subchannel_pool': 1,
    // Attempts are counted and spaced by us; a Set must never be sent twice.
    'grpc.enable_retries': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
    // A history of each connection that nobody can ask for.
    'grpc.enable_channelz': 0,
    'grpc.primary_user_agent': userAgent ?? 'shitops',
    ...(windowBytes !== undefined && { 'grpc-node.flow_control_window': windowBytes }),
    ...(keepalive !== undefined && { 'grpc.keepalive_time_ms': keepalive, 'grpc.keepalive_timeout_ms': 20_000 }),
    ...(tls?.serverName && { 'grpc.ssl_target_name_override': tls.serverName, 'grpc.default_authority': tls.serverName }),
  }
}

function credentialsOf(
  grpc: GrpcModule,
  target: string,
  tls: TlsOptions | undefined,
  began: (socket: Cuttable) => void,
): ChannelCredentials {
  const credentials = tls ? sharedCredentials(grpc, tls) : grpc.credentials.createInsecure()
  const ip = tls !== undefined && !tls.serverName && isIP(hostOf(target)) > 0 ? hostOf(target) : undefined
  return watchful(credentials, ip, began)
}

const made = new WeakMap<TlsOptions, ChannelCredentials>()

/** The same for all targets that share their options: each has certificates to read, and a store of them to keep. */
function sharedCredentials(grpc: GrpcModule, tls: TlsOptions): ChannelCredentials {
  const known = made.get(tls) ?? tlsCredentials(grpc, tls)
  made.set(tls, known)
  return known
}

function tlsCredentials(grpc: GrpcModule, { ca, cert, key, skipVerify }: TlsOptions): ChannelCredentials {
  const bytes = (pem: string | undefined) => (pem === undefined ? null : Buffer.from(pem))
  return grpc.credentials.createSsl(
    bytes(ca),
    bytes(key),
    bytes(cert),
    skipVerify ? { rejectUnauthorized: false, checkServerIdentity: () => undefined } : {},
  )
}

/** What grpc-js' own credentials make for each connection; not in its types, and held in place by a pinned version and tests. */
interface SecureConnector {
  connect(socket: Cuttable): unknown
  connectionOptions?: { servername?: string; checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined }
}

/**
 * The same credentials with TCP keepalive on every socket. @param ip of a target without a name: it must stand in the certificate, but is
 * not sent as a server name, which RFC 6066 forbids for addresses and Node warns about. @param began gets every socket once TCP stands
 */
function watchful(credentials: ChannelCredentials, ip: string | undefined, began: (socket: Cuttable) => void): ChannelCredentials {
  const shared = credentials as unknown as { _createSecureConnector(...args: unknown[]): SecureConnector }
  const create = shared._createSecureConnector.bind(shared)
  const own = Object.create(shared) as typeof shared
  own._createSecureConnector = (...args) => {
    const connector = create(...args)
    const connect = connector.connect.bind(connector)
    if (ip !== undefined && connector.connectionOptions) {
      const identity = connector.connectionOptions.checkServerIdentity ?? checkServerIdentity
      connector.connectionOptions = {
        ...connector.connectionOptions,
        servername: '',
        checkServerIdentity: (_host, certificate) => identity(ip, certificate),
      }
    }
    connector.connect = (socket) => {
      socket.setKeepAlive(true, TCP_KEEPALIVE)
      began(socket)
      return connect(socket)
    }
    return connector
  }
  return own as unknown as ChannelCredentials
}

/** The address with gNMI's own port where it names none. */
export function withPort(address: string): string {
  if (/^(unix:|dns:|ipv[46]:)/.test(address) || /:\d+$/.test(address.replace(/^\[[^\]]*\]/, ''))) return address
  return isIP(address) === 6 ? `[${address}]:${DEFAULT_PORT}` : `${address}:${DEFAULT_PORT}`
}

function hostOf(target: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(target)
  return bracketed?.[1] ?? target.replace(/:\d+$/, '')
}
