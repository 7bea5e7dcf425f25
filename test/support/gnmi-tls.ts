import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface KeyPair {
  /** PEM texts, and the files they are in. */
  cert: string
  key: string
  certFile: string
  keyFile: string
}

/** Certificates of one authority, made for a test; valid for a day unless they are not meant to be. */
export interface GnmiTls {
  ca: string
  caFile: string
  /** For localhost and 127.0.0.1. */
  server: KeyPair
  client: KeyPair
  /** As `server`, but it ended in 2020. */
  expired: KeyPair
  /** For switch.example, and no other name or address. */
  wrongName: KeyPair
  /** Another authority, that signed none of these. */
  strangerCa: string
  strangerCaFile: string
  /** A client's, of the other authority. */
  stranger: KeyPair
}

/** Why there can be no certificates here, or null. */
export function missingForTls(): string | null {
  const found = (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, 'openssl')))
  return found ? null : 'openssl is not on PATH (Debian: apt-get install openssl)'
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
const HERE = 'subjectAltName=DNS:localhost,IP:127.0.0.1'

/** By openssl, in `folder`. */
export async function makeGnmiTls(folder: string): Promise<GnmiTls> {
  const file = (name: string) => join(folder, name)
  const pair = async (name: string): Promise<KeyPair> => {
    const [certFile, keyFile] = [file(`${name}.pem`), file(`${name}.key`)]
    return { certFile, keyFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
  }
  const authority = (name: string) =>
    run('openssl', [
      ...['req', '-x509', ...NEW_KEY, '-days', '1', '-subj', `/CN=${name} of a shitops test`],
      ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
    ])
  const signed = (name: string, { by = 'ca', names = HERE } = {}) =>
    run('openssl', [
      ...['req', '-x509', ...NEW_KEY, '-days', '1', '-subj', `/CN=${name}`, '-addext', names, '-addext', 'basicConstraints=CA:FALSE'],
      ...['-CA', file(`${by}.pem`), '-CAkey', file(`${by}.key`), '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
    ])
  await Promise.all([authority('ca'), authority('stranger-ca')])
  await Promise.all([
    signed('server'),
    signed('client'),
    signed('wrong-name', { names: 'subjectAltName=DNS:switch.example' }),
    signed('stranger', { by: 'stranger-ca' }),
    makeExpired(file),
  ])
  return {
    ca: await readFile(file('ca.pem'), 'utf8'),
    caFile: file('ca.pem'),
    server: await pair('server'),
    client: await pair('client'),
    expired: await pair('expired'),
    wrongName: await pair('wrong-name'),
    strangerCa: await readFile(file('stranger-ca.pem'), 'utf8'),
    strangerCaFile: file('stranger-ca.pem'),
    stranger: await pair('stranger'),
  }
}

/** Only `openssl ca` sets both ends of the validity in every version. */
async function makeExpired(file: (name: string) => string): Promise<void> {
  const settings = `[ca]
default_ca = it
[it]
database = ${file('index.txt')}
new_certs_dir = ${file('.')}
default_md = sha256
policy = any
copy_extensions = copy
rand_serial = yes
[any]
commonName = supplied
`
  await Promise.all([writeFile(file('index.txt'), ''), writeFile(file('ca.cnf'), settings)])
  const [csr, key] = [file('expired.csr'), file('expired.key')]
  await run('openssl', ['req', ...NEW_KEY, '-subj', '/CN=expired', '-addext', HERE, '-keyout', key, '-out', csr])
  await run('openssl', [
    ...['ca', '-batch', '-notext', '-config', file('ca.cnf'), '-cert', file('ca.pem'), '-keyfile', file('ca.key')],
    ...['-startdate', '20200101000000Z', '-enddate', '20200102000000Z', '-in', csr, '-out', file('expired.pem')],
  ])
}
