import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ShitopsError } from '../../../src/base/errors.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka, type KafkaCluster } from '../../support/kafka/index.ts'

const users = { alice: 's3cret-ä', bob: 'other' }

describeKafka(
  'a cluster that asks who is there',
  { listeners: ['tls', 'mtls', 'sasl', 'saslTls'], users, superUsers: ['alice', 'CN=client'] },
  (kafka) => {
    let folder: string
    let passwordFile: string

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'shitops-secrets-'))
      passwordFile = join(folder, 'password')
      await writeFile(passwordFile, `${users.alice}\n`, { mode: 0o600 })
    })
    after(() => rm(folder, { recursive: true, force: true }))

    it('plaintext needs nothing', () => works(kafka().url()))

    for (const sasl of ['plain', 'scram-sha-256', 'scram-sha-512']) {
      it(`lets a user in by ${sasl}, with the password from a file`, () =>
        works(kafka().url({ sasl, saslUsername: 'alice', saslPasswordFile: passwordFile }, 'sasl')))
    }

    it('takes the password from the environment, and from the configuration', async () => {
      process.env.SHITOPS_TEST_PASSWORD = users.alice
      try {
        await works(kafka().url({ sasl: 'plain', saslUsername: 'alice', saslPasswordEnv: 'SHITOPS_TEST_PASSWORD' }, 'sasl'))
      } finally {
        delete process.env.SHITOPS_TEST_PASSWORD
      }
      await works(kafka().url({ sasl: 'plain', saslUsername: 'alice' }, 'sasl'), { saslPassword: users.alice })
    })

    it('encrypts, trusting the authority that is named', () => works(kafka().url({ tlsCa: tls(kafka()).ca }, 'tls')))

    it('encrypts and logs in', () =>
      works(
        kafka().url({ tlsCa: tls(kafka()).ca, sasl: 'scram-sha-512', saslUsername: 'alice', saslPasswordFile: passwordFile }, 'saslTls'),
      ))

    it('shows its own certificate', async () => {
      const { ca, clientCert, clientKey } = tls(kafka())
      await works(kafka().url({ tlsCa: ca, tlsCert: clientCert, tlsKey: clientKey }, 'mtls'))
    })

    for (const sasl of ['plain', 'scram-sha-256', 'scram-sha-512']) {
      it(`a wrong password by ${sasl} is refused in one line, exit 77`, async () => {
        const error = await refusal(kafka().url({ sasl, saslUsername: 'alice' }, 'sasl'), { saslPassword: 'wrong-one' })
        expect(error.code).to.equal('SHITOPS_E_BUS_AUTH')
        expect(error.exit).to.equal(77)
        expect(error.message).to.include(kafka().address(1, 'sasl')).and.include('alice').and.not.include('\n').and.not.include('wrong-one')
      })
    }

    it('a user without permissions is told so', async () => {
      const bus = await openBus(kafka().url({ sasl: 'plain', saslUsername: 'bob' }, 'sasl'), { secrets: { saslPassword: users.bob } })
      const error = await bus.createTopic({ name: 'bobs', partitions: 1 }).catch((reason: unknown) => reason)
      await bus.close()
      expect((error as ShitopsError).code, String(error)).to.equal('SHITOPS_E_BUS_AUTH')
    })

    it('an authority that is not trusted is named as the reason, with what to do', async () => {
      const error = await refusal(kafka().url({ tls: 'true' }, 'tls'))
      expect(error.code).to.equal('SHITOPS_E_BUS_TLS')
      expect(error.message).to.match(/certificate/)
      expect(error.suggestions.join('\n')).to.include('tlsCa=')
    })

    it('a name that is not in the certificate is refused', async () => {
      const error = await refusal(kafka().url({ tlsCa: tls(kafka()).ca, tlsServerName: 'broker.example' }, 'tls'))
      expect(error.code).to.equal('SHITOPS_E_BUS_TLS')
      expect(error.message).to.include('broker.example')
    })

    it('a broker that wants a client certificate and gets none says so', async () => {
      const error = await refusal(kafka().url({ tlsCa: tls(kafka()).ca }, 'mtls'))
      expect(error.code).to.equal('SHITOPS_E_BUS_AUTH')
      expect(error.suggestions.join('\n')).to.include('tlsCert=')
    })

    it('plain text to a TLS port, TLS to a plain port and no login: each is told what to try', async () => {
      const plainToTls = await refusal(kafka().url({}, 'tls'))
      expect(plainToTls.code).to.equal('SHITOPS_E_BUS_TLS')
      expect(plainToTls.suggestions.join('\n')).to.include('tls=true')
      const tlsToPlain = await refusal(kafka().url({ tls: 'true' }))
      expect(tlsToPlain.code).to.equal('SHITOPS_E_BUS_TLS')
      const noLogin = await refusal(kafka().url({}, 'sasl'))
      expect(noLogin.suggestions.join('\n')).to.include('sasl=')
    })

    it('a password file that others can read is refused', async () => {
      const open = join(folder, 'open')
      await writeFile(open, users.alice)
      await chmod(open, 0o644)
      const error = await refusal(kafka().url({ sasl: 'plain', saslUsername: 'alice', saslPasswordFile: open }, 'sasl'))
      expect(error.code).to.equal('SHITOPS_E_SECRET_MODE')
    })
  },
)

function tls(kafka: KafkaCluster): NonNullable<KafkaCluster['tls']> {
  if (!kafka.tls) throw new Error('a cluster without TLS')
  return kafka.tls
}

async function works(url: string, secrets: Record<string, string> = {}): Promise<void> {
  const bus = await openBus(url, { secrets })
  try {
    const topic = `t-${Math.random().toString(36).slice(2)}`
    await bus.createTopic({ name: topic, partitions: 1 })
    await bus.append(topic, [{ key: 'k', value: 'v' }])
    const values: string[] = []
    for await (const batch of bus.read({ topic, partitions: [{ partition: 0, from: 0 }] }))
      for (const { value } of batch) values.push(String(value))
    expect(values).to.deep.equal(['v'])
  } finally {
    await bus.close()
  }
}

async function refusal(url: string, secrets: Record<string, string> = {}): Promise<ShitopsError> {
  try {
    await (await openBus(url, { secrets })).close()
  } catch (error) {
    // By name: a module that the loader brings in twice has two classes of that name.
    if (error instanceof Error && error.name === 'ShitopsError') return error as ShitopsError
    throw error
  }
  throw new Error('it should have been refused')
}
