import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { commonJs } from '../../../base/common-js.ts'
import { messageOf, ShitopsError } from '../../../base/errors.ts'
import { createSecretFile, readSecretFile, writeSecretFile } from '../../../base/secret-file.ts'
import { type TlsFiles, tlsError } from './rpc/agent-server.ts'

/** A name in every certificate that is made here: a client may ask for it whatever the laptop is called today. */
export const AGENT_NAME = 'shitops-agent'

const YEARS = 10
const DAY = 86_400_000

export interface OwnCertificate {
  tls: TlsFiles
  /** SHA-256 over the certificate, `AB:CD:…` */
  fingerprint: string
  /** The certificate's file, for clients to trust. */
  file: string
  /** It is new, so clients must be told. */
  created: boolean
}

/**
 * The agent's own certificate, signed by itself, with its key in a file of mode 0600. Made when there is none, or it has expired.
 *
 * @param directory of both files
 * @param host that the agent listens on, for the certificate's names
 * @param now ms since the epoch
 * @throws SHITOPS_E_SECRET_MODE, SHITOPS_E_FILE, SHITOPS_E_AGENT_TLS
 */
export async function readOrCreateCertificate(directory: string, host: string, now: number): Promise<OwnCertificate> {
  // Both in one file: they change together.
  const file = join(directory, 'key-and-certificate.pem')
  const certificateFile = join(directory, 'certificate.pem')
  let pem = await readIfThere(file)
  const created = pem === undefined || hasExpired(pem, now)
  if (created) {
    const fresh = await makeCertificate(host, now)
    if (pem !== undefined) await writeSecretFile(file, fresh)
    else await createSecretFile(file, fresh)
    pem = await readSecretFile(file)
  }
  const certificate = Buffer.from(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n?/.exec(pem ?? '')?.[0] ?? '')
  const own = read(certificate.toString())
  // A copy without the key, which may be given away.
  if ((await readFile(certificateFile, 'utf8').catch(() => '')) !== certificate.toString()) {
    await writeSecretFile(certificateFile, certificate.toString())
  }
  return { tls: { key: Buffer.from(pem ?? ''), certificate }, fingerprint: own.fingerprint256, file: certificateFile, created }
}

/** SHA-256 of a certificate in PEM. */
export const fingerprintOf = (certificate: Buffer) => read(certificate.toString()).fingerprint256

async function readIfThere(file: string): Promise<string | undefined> {
  return readSecretFile(file).catch((error: ShitopsError & { cause?: NodeJS.ErrnoException }) => {
    if (error.cause?.code === 'ENOENT') return undefined
    throw error
  })
}

function read(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw tlsError(error)
  }
}

const hasExpired = (pem: string, now: number) => Date.parse(read(pem).validTo) < now

/** Key and certificate in PEM: ECDSA on P-256, for this host and this machine's addresses of itself. */
async function makeCertificate(host: string, now: number): Promise<string> {
  const { generate } = commonJs(await import('selfsigned'))
  const names = [...new Set([AGENT_NAME, 'localhost', hostname(), ...(isIP(host) ? [] : [host])])].filter(Boolean)
  const addresses = [...new Set(['127.0.0.1', '::1', ...(isIP(host) && !isAny(host) ? [host] : [])])]
  const { private: key, cert } = await generate([{ name: 'commonName', value: AGENT_NAME }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY),
    notAfterDate: new Date(now + YEARS * 365 * DAY),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...names.map((value) => ({ type: 2 as const, value })), ...addresses.map((ip) => ({ type: 7 as const, ip }))],
      },
    ],
  })
  return `${key.trim()}\n${cert.trim()}\n`
}

const isAny = (host: string) => host === '0.0.0.0' || host === '::'

/**
 * Key, certificate and authority that the user brings.
 * @throws SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE for a key that others may read
 */
export async function readCertificate(certificateFile: string, keyFile: string): Promise<TlsFiles> {
  return { key: Buffer.from(await readSecretFile(keyFile)), certificate: await readPem(certificateFile) }
}

/** @throws SHITOPS_E_FILE */
export async function readPem(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw new ShitopsError('SHITOPS_E_FILE', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  })
}
