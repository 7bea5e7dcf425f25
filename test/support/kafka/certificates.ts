import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'

const DAY_MS = 86_400_000

/** PEM text of a certificate and of its key, and the files they are in. */
export interface Certificate {
  cert: string
  key: string
  certFile: string
  keyFile: string
}

export interface CertificateOptions {
  /** Name and file name. */
  name: string
  /** Who signs it; itself when absent. */
  by?: Certificate
  /** DNS name that it is for; localhost and 127.0.0.1 when absent. */
  host?: string
  /** Days from now on when it begins and ends; yesterday and tomorrow when absent. */
  from?: number
  to?: number
}

/** A certificate as no authority would give it, in `folder`: expired, not valid yet, for another host. */
export async function makeCertificate(folder: string, { name, by, host, from = -1, to = 1 }: CertificateOptions): Promise<Certificate> {
  const now = Date.now()
  const here = [
    { type: 2 as const, value: 'localhost' },
    { type: 7 as const, ip: '127.0.0.1' },
  ]
  const made = await generate([{ name: 'commonName', value: name }], {
    ...{ keyType: 'ec', curve: 'P-256', algorithm: 'sha256' },
    ...{ notBeforeDate: new Date(now + from * DAY_MS), notAfterDate: new Date(now + to * DAY_MS) },
    extensions: [
      { name: 'basicConstraints', cA: by === undefined, critical: true },
      { name: 'subjectAltName', altNames: host === undefined ? here : [{ type: 2, value: host }] },
    ],
    ...(by && { ca: { cert: by.cert, key: by.key } }),
  })
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
  await Promise.all([writeFile(certFile, made.cert), writeFile(keyFile, made.private, { mode: 0o600 })])
  return { cert: made.cert, key: made.private, certFile, keyFile }
}
