import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import { readSecretFile } from '../../base/secret-file.ts'
import type { TlsOptions } from '../../collectors/gnmi/client/connection-options.ts'

export interface TlsFlags {
  insecure?: boolean | undefined
  'skip-verify'?: boolean | undefined
  'tls-ca'?: string | undefined
  'tls-cert'?: string | undefined
  'tls-key'?: string | undefined
  'tls-server-name'?: string | undefined
}

/**
 * What the TLS flags ask for; undefined is plaintext. Files are read and looked at here, where a mistake in one can still be told by its
 * name: OpenSSL would say "bad decrypt" or "key values mismatch" when it connects.
 * @throws SHITOPS_E_USAGE for flags that contradict each other, SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE for a key that others may read
 */
export async function tlsOptions(flags: TlsFlags): Promise<TlsOptions | undefined> {
  checkTogether(flags)
  if (flags.insecure) return undefined
  const caFile = flags['tls-ca']
  const certFile = flags['tls-cert']
  const keyFile = flags['tls-key']
  const serverName = flags['tls-server-name']
  const ca = caFile === undefined ? undefined : await readPem(caFile)
  if (ca !== undefined) certificateOf(caFile, ca)
  const client = certFile === undefined || keyFile === undefined ? {} : await clientCertificate(certFile, keyFile)
  return {
    ...(ca !== undefined && { ca }),
    ...client,
    ...(serverName !== undefined && { serverName }),
    ...(flags['skip-verify'] && { skipVerify: true }),
  }
}

const ONLY_WITH_TLS = ['skip-verify', 'tls-ca', 'tls-cert', 'tls-key', 'tls-server-name'] as const

function checkTogether(flags: TlsFlags): void {
  const idle = ONLY_WITH_TLS.find((flag) => flags[flag])
  if (flags.insecure && idle) throw usage(`--insecure is plaintext, and --${idle} is about TLS`, 'leave out one of them')
  if (flags['skip-verify'] && flags['tls-ca'] !== undefined)
    throw usage('--skip-verify checks no certificate, and --tls-ca says how to check it', 'leave out --skip-verify')
  if ((flags['tls-cert'] === undefined) !== (flags['tls-key'] === undefined))
    throw usage('a client certificate and its key belong together', '--tls-cert CERT.pem --tls-key KEY.pem')
}

async function clientCertificate(certFile: string, keyFile: string): Promise<{ cert: string; key: string }> {
  const cert = await readPem(certFile)
  const key = await readSecretFile(keyFile)
  if (!certificateOf(certFile, cert).checkPrivateKey(keyOf(keyFile, key)))
    throw new ShitopsError('SHITOPS_E_FILE', `${keyFile} is not the key of the certificate in ${certFile}`)
  return { cert, key }
}

async function readPem(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const code = isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE'
    throw new ShitopsError(code, `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  })
}

/** The first certificate of a file. */
function certificateOf(file: string | undefined, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_FILE', `${file} is no certificate in PEM (-----BEGIN CERTIFICATE-----)`, { cause: error })
  }
}

function keyOf(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    const locked = /passphrase|ENCRYPTED/i.test(messageOf(error)) || pem.includes('ENCRYPTED')
    throw new ShitopsError('SHITOPS_E_FILE', `${file} ${locked ? 'is locked with a passphrase' : 'is no private key in PEM'}`, {
      suggestions: locked ? [`openssl pkey -in ${file} -out unlocked.key, mode 0600`] : [],
      cause: error,
    })
  }
}

const usage = (what: string, ...next: string[]) => new ShitopsError('SHITOPS_E_USAGE', what, { suggestions: next })
