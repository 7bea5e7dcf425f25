import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ShitopsError } from '../../../src/base/errors.ts'
import { openBus } from '../../../src/bus/open.ts'
import { runCli } from '../../support/cli.ts'
import { type Certificate, makeCertificate } from '../../support/kafka/certificates.ts'
import { describeKafka } from '../../support/kafka/index.ts'
import { thrownBy } from '../../support/thrown-by.ts'

const users = { alice: 's3cret' }
const HOUR_S = 3_600
/** How long a session lasts that was begun by PLAIN or OAUTHBEARER. */
const SESSION_MS = 1_500
const HANDLERS = 'org.apache.kafka.common.security.oauthbearer'

/** A token without a signature (RFC 7515, alg none), as brokers take them that are set up for tests. */
function tokenOf(subject: string, fromNowS: number): string {
  const part = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now - 60, exp: now + fromNowS })}.`
}

describeKafka(
  'a cluster that is strict about who comes in',
  {
    ...{ listeners: ['mtls', 'sasl'], users, superUsers: ['alice', 'CN=client'] },
    properties: {
      'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512,OAUTHBEARER',
      'listener.name.sasl.oauthbearer.sasl.jaas.config': `${HANDLERS}.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
      'listener.name.sasl.plain.connections.max.reauth.ms': String(SESSION_MS),
      'listener.name.sasl.oauthbearer.connections.max.reauth.ms': String(SESSION_MS),
    },
  },
  (kafka) => {
    let folder: string
    const file = async (name: string, text: string) => {
      const path = join(folder, name)
      await writeFile(path, text, { mode: 0o600 })
      return path
    }

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'shitops-logins-'))
      const bus = await openBus(kafka().url())
      await bus.createTopic({ name: 't', partitions: 1 })
      await bus.close()
    })
    after(() => rm(folder, { recursive: true, force: true }))

    async function refused(options: Record<string, string>, listener: 'mtls' | 'sasl' | 'plaintext', secrets = {}): Promise<ShitopsError> {
      const error = await thrownBy(() => openBus(kafka().url(options, listener), { secrets }))
      expect(error.code, error.message).to.equal('SHITOPS_E_BUS_AUTH')
      expect(error.exit).to.equal(77)
      expect(error.message).to.include(kafka().address(1, listener)).and.not.include('\n')
      expect(error.suggestions).to.not.be.empty
      return error
    }

    /** Appends for as long as three sessions; returns how many sockets were opened meanwhile. */
    async function socketsOverSessions(options: Record<string, string>): Promise<number> {
      let opened = 0
      const count = () => {
        opened++
      }
      const bus = await openBus(kafka().url(options, 'sasl'))
      try {
        await bus.append('t', [{ key: 'k', value: 'first' }])
        subscribe('net.client.socket', count)
        for (const end = Date.now() + 3 * SESSION_MS; Date.now() < end; ) {
          await bus.append('t', [{ key: 'k', value: 'v' }])
          await bus.offsets('t')
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
        return opened
      } finally {
        unsubscribe('net.client.socket', count)
        await bus.close()
      }
    }

    describe('by login', () => {
      it('a mechanism that is not offered: those that are', async () => {
        const error = await refused({ sasl: 'scram-sha-256', saslUsername: 'alice' }, 'sasl', { saslPassword: users.alice })
        expect(error.message).to.include('does not take SCRAM-SHA-256').and.include('OAUTHBEARER')
        expect(error.suggestions).to.include('sasl=scram-sha-512')
      })

      it('a user that is not known, and a wrong password, are not told apart, nor repeated', async () => {
        for (const [saslUsername, saslPassword] of [
          ['nobody', users.alice],
          ['alice', 'wr0ng-one'],
        ] as const) {
          for (const sasl of ['plain', 'scram-sha-512']) {
            const error = await refused({ sasl, saslUsername }, 'sasl', { saslPassword })
            expect(error.message)
              .to.include(`"${saslUsername}"`)
              .and.match(/Authentication failed|Invalid username or password/)
            expect(JSON.stringify(error)).to.not.include(saslPassword)
          }
        }
      })

      it('a login at a listener that wants none', async () => {
        const error = await refused({ sasl: 'plain', saslUsername: 'alice' }, 'plaintext', { saslPassword: users.alice })
        expect(error.message).to.include('takes no login')
        expect(error.suggestions.join()).to.include('leave sasl= away')
      })

      it('the command line ends with 77, the code and what to try', async () => {
        const url = kafka().url({ sasl: 'plain', saslUsername: 'alice', saslPasswordEnv: 'SECRET' }, 'sasl')
        const { code, stderr } = await runCli(['topic', 'list', '--bus', url], { env: { SECRET: 'wr0ng-one' } })
        expect(code).to.equal(77)
        expect(stderr).to.include('(SHITOPS_E_BUS_AUTH)').and.include('check saslUsername=').and.not.include('wr0ng-one')
      })

      it('sessions that end are renewed on the same connection (KIP-368)', async () => {
        const password = await file('password', users.alice)
        expect(await socketsOverSessions({ sasl: 'plain', saslUsername: 'alice', saslPasswordFile: password })).to.equal(0)
      })
    })

    describe('by token', () => {
      it('is let in, and renews its session with the token that is in the file by then', async () => {
        const saslTokenFile = await file('token', tokenOf('alice', HOUR_S))
        expect(await socketsOverSessions({ sasl: 'oauthbearer', saslTokenFile })).to.equal(0)
      })

      it('that has expired, or is none', async () => {
        const expired = await file('expired', tokenOf('alice', -30))
        const error = await refused({ sasl: 'oauthbearer', saslTokenFile: expired }, 'sasl')
        expect(error.message).to.include('refused the token').and.include('invalid_token')
        const garbage = await file('garbage', 'abc.def.ghi')
        await refused({ sasl: 'oauthbearer', saslTokenFile: garbage }, 'sasl')
        expect(error.message).to.not.include(await readFile(expired, 'utf8'))
      })

      it('that has expired by the time that the session is renewed: refused, not tried for minutes', async () => {
        const saslTokenFile = await file('changing', tokenOf('alice', HOUR_S))
        const bus = await openBus(kafka().url({ sasl: 'oauthbearer', saslTokenFile }, 'sasl'))
        try {
          await bus.append('t', [{ key: 'k', value: 'v' }])
          await file('changing', tokenOf('alice', -30))
          const error = await thrownBy(async () => {
            for (;;) {
              await bus.append('t', [{ key: 'k', value: 'v' }])
              await new Promise((resolve) => setTimeout(resolve, 50))
            }
          })
          expect(error.code, error.message).to.equal('SHITOPS_E_BUS_AUTH')
        } finally {
          await bus.close()
        }
      })
    })

    describe('by certificate', () => {
      let authority: Certificate

      before(async () => {
        const cluster = kafka()
        const [certFile, keyFile] = ['ca.pem', 'ca.key'].map((name) => join(cluster.folder, name)) as [string, string]
        authority = { certFile, keyFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
      })

      const show = ({ certFile, keyFile }: Certificate) =>
        refused({ tlsCa: authority.certFile, tlsCert: certFile, tlsKey: keyFile }, 'mtls')

      it('that is missing', async () => {
        const error = await refused({ tlsCa: authority.certFile }, 'mtls')
        expect(error.suggestions.join()).to.include('tlsCert=')
      })

      it('that has expired, and that is not valid yet', async () => {
        await show(await makeCertificate(folder, { name: 'client-expired', by: authority, from: -9, to: -2 }))
        await show(await makeCertificate(folder, { name: 'client-early', by: authority, from: 2, to: 9 }))
      })

      it('of an authority that the broker does not know', async () => {
        const stranger = await makeCertificate(folder, { name: 'stranger-ca' })
        const error = await show(await makeCertificate(folder, { name: 'client-stranger', by: stranger }))
        expect(error.message).to.include('client certificate')
      })

      it('that is good, from the same hands: let in', async () => {
        const { certFile, keyFile } = await makeCertificate(folder, { name: 'client', by: authority })
        await (await openBus(kafka().url({ tlsCa: authority.certFile, tlsCert: certFile, tlsKey: keyFile }, 'mtls'))).close()
      })
    })
  },
)
