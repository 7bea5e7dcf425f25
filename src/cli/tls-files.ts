import { readFile } from 'node:fs/promises'
import { messageOf, ShitopsError } from '../base/errors.ts'
import { readSecretFile } from '../base/secret-file.ts'
import { isLoopback, type ListenAddress } from './gnmi/agent/listen.ts'

export interface ServerTlsFlags {
  'server-cert'?: string | undefined
  'server-key'?: string | undefined
  'allow-plaintext-network': boolean
}

/** How a command says where it listens, and what would cross the network without TLS. */
export interface PlaintextRisk {
  /** The flag and its value: `--host 0.0.0.0`. */
  readonly given: string
  /** The same for this machine alone: `--host 127.0.0.1`. */
  readonly local: string
  /** `tokens`. */
  readonly what: string
}

/**
 * Certificate and key of a server; undefined: plain HTTP. What leaves this machine is encrypted, unless somebody says that it need not be.
 * @throws SHITOPS_E_USAGE, SHITOPS_E_SERVE_TLS, SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE
 */
export async function readServerTls(
  flags: ServerTlsFlags,
  listen: ListenAddress,
  { given, local, what }: PlaintextRisk,
): Promise<{ cert: string; key: string } | undefined> {
  const { 'server-cert': certFile, 'server-key': keyFile } = flags
  if (certFile === undefined || keyFile === undefined) {
    if (certFile !== undefined || keyFile !== undefined)
      throw new ShitopsError('SHITOPS_E_USAGE', 'a certificate and its key belong together')
    if (isLoopback(listen) || flags['allow-plaintext-network']) return undefined
    throw new ShitopsError('SHITOPS_E_USAGE', `${given} without TLS would let ${what} cross the network for anybody to read`, {
      suggestions: [
        `${given} --server-cert CERT.pem --server-key KEY.pem`,
        `${local} (and a reverse proxy with TLS)`,
        '--allow-plaintext-network (where the network itself is encrypted)',
      ],
    })
  }
  const cert = await readFile(certFile, 'utf8').catch((error: unknown) => {
    throw new ShitopsError('SHITOPS_E_FILE', `${certFile} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  const key = await readSecretFile(keyFile)
  const { createSecureContext } = await import('node:tls')
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_SERVE_TLS', `${certFile} and ${keyFile} are no certificate with its key in PEM: ${messageOf(error)}`)
  }
  return { cert, key }
}
