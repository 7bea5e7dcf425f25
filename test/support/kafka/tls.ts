import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** PEM files made for one cluster; valid for localhost, 127.0.0.1 and the addresses of its nodes, for a day. */
export interface TlsFiles {
  ca: string
  /** Key and certificate of the brokers in one file, as Kafka wants it. */
  brokerPem: string
  clientCert: string
  clientKey: string
}

/** A certificate authority, a broker's and a client's certificate, by openssl, in `folder`. */
export async function makeTlsFiles(folder: string, addresses: readonly string[] = []): Promise<TlsFiles> {
  const names = ['DNS:localhost', ...['127.0.0.1', ...addresses].map((address) => `IP:${address}`)].join(',')
  const file = (name: string) => join(folder, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const ca = ['req', '-x509', ...newKey, '-subj', '/CN=shitops test CA', '-keyout', file('ca.key'), '-out', file('ca.pem')]
  await run('openssl', ca)
  for (const name of ['broker', 'client']) {
    await run('openssl', [
      ...['req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`],
      ...['-addext', 'basicConstraints=CA:FALSE', '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
      ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
    ])
  }
  const brokerPem = file('broker-key-and-cert.pem')
  await writeFile(brokerPem, (await readFile(file('broker.key'), 'utf8')) + (await readFile(file('broker.pem'), 'utf8')), { mode: 0o600 })
  return { ca: file('ca.pem'), brokerPem, clientCert: file('client.pem'), clientKey: file('client.key') }
}
