import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { parseKafkaUrl } from '../../src/bus/kafka/settings.ts'
import { resolveBus } from '../../src/config/bus-url.ts'
import { useTempDir } from '../support/temp-dir.ts'
import { thrownBy } from '../support/thrown-by.ts'

describe('the bus of the configuration', () => {
  const dir = useTempDir()

  const write = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(dir(), path)), { recursive: true })
    await writeFile(join(dir(), path), text)
    await chmod(join(dir(), path), mode)
  }
  const resolve = (flags: { bus?: string; config?: string } = {}, env: Record<string, string> = {}) =>
    resolveBus(
      { ...flags, ...(env.SHITOPS_BUS && flags.bus === undefined ? { bus: env.SHITOPS_BUS } : {}) },
      { cwd: join(dir(), 'project'), etc: join(dir(), 'etc'), env: { HOME: join(dir(), 'home'), ...env } },
    )

  const USER = 'home/.config/shitops/config.yaml'
  const LOGIN = 'bus:\n  url: kafka://k1:9092,k2:9092\n  sasl: scram-sha-512\n  saslUsername: ops\n  saslPasswordFile: password\n'

  it('is a folder of the user where nobody says anything', async () => {
    expect(await resolve()).to.deep.equal({ url: `embedded:${join(dir(), 'home/.local/share/shitops/bus')}`, secrets: {} })
    expect(await resolve({}, { XDG_DATA_HOME: '/data' })).to.deep.equal({ url: 'embedded:/data/shitops/bus', secrets: {} })
  })

  it('is the flag as it is, even beside a file that cannot be read', async () => {
    await write('project/shitops.yaml', '}}}')
    expect(await resolve({ bus: 'embedded:./x' })).to.deep.equal({ url: 'embedded:./x', secrets: {} })
    expect(await resolve({}, { SHITOPS_BUS: 'kafka://k:9092' })).to.deep.equal({ url: 'kafka://k:9092', secrets: {} })
  })

  it("puts Kafka's options into the URL, where what the URL says goes first, and the password beside it", async () => {
    await write(
      'project/shitops.yaml',
      'bus:\n  url: kafka://k:9092?rack=dc-1\n  rack: dc-2\n  clientId: a&b c\n  requestTimeout: 5s\n  tls: true\n',
    )
    const { url, secrets } = await resolve()
    expect(secrets).to.deep.equal({})
    expect(parseKafkaUrl(url)).to.deep.include({ rack: 'dc-1', clientId: 'a&b c', requestTimeout: 5_000, tls: true })
  })

  it('reads the password from the first line of a file beside the configuration, mode 0600, and keeps it out of the URL', async () => {
    await write(USER, LOGIN)
    await write('home/.config/shitops/password', 'hunter2\nnot this\n', 0o600)
    const { url, secrets } = await resolve()
    expect(secrets).to.deep.equal({ saslPassword: 'hunter2' })
    expect(url).to.not.include('hunter2')
    expect(parseKafkaUrl(url)).to.deep.include({ sasl: 'scram-sha-512', saslUsername: 'ops', saslPasswordFile: '' })
  })

  it('refuses a password file that others may open (exit 77), and one that is not there', async function () {
    if (process.platform === 'win32') this.skip()
    await write(USER, LOGIN)
    expect(await thrownBy(() => resolve())).to.include({ code: 'SHITOPS_E_FILE' })
    for (const mode of [0o640, 0o604, 0o644]) {
      await write('home/.config/shitops/password', 'hunter2', mode)
      const error = await thrownBy(() => resolve())
      expect(error).to.include({ code: 'SHITOPS_E_SECRET_MODE', exit: 77 })
      expect(error.message).to.not.include('hunter2')
    }
  })

  it('reads the password from a variable, and says which setting names one that is not set', async () => {
    await write('project/shitops.yaml', 'bus: {url: "kafka://k:1", sasl: plain, saslUsername: ops, saslPasswordEnv: KAFKA_PW}')
    expect((await resolve({}, { KAFKA_PW: 'hunter2' })).secrets).to.deep.equal({ saslPassword: 'hunter2' })
    const error = await thrownBy(() => resolve())
    expect(error.message).to.match(/shitops\.yaml:1:\d+: bus\.saslPasswordEnv names a variable that is not set/)
  })

  it('refuses both ways to a password at once, and options of Kafka for an embedded bus', async () => {
    await write('project/shitops.yaml', `${LOGIN}  saslPasswordEnv: KAFKA_PW\n`)
    expect((await thrownBy(() => resolve())).message).to.match(
      /bus\.saslPasswordEnv says where the password is, and so does bus\.saslPasswordFile/,
    )
    await write('project/shitops.yaml', 'bus:\n  url: embedded:x\n  rack: dc-1\n')
    expect((await thrownBy(() => resolve())).message).to.match(/shitops\.yaml:3:9: bus\.rack is for Kafka, but the bus is embedded/)
  })

  it('never hands the password of one place to the URL of a stronger one', async () => {
    await write(USER, LOGIN)
    await write('home/.config/shitops/password', 'hunter2', 0o600)
    await write('project/shitops.yaml', 'bus:\n  url: kafka://elsewhere:9092\n')
    const elsewhere = { url: 'kafka://elsewhere:9092', secrets: {} }
    expect(await resolve()).to.deep.equal(elsewhere)
    expect(await resolve({ bus: 'kafka://elsewhere:9092' })).to.deep.equal(elsewhere)
    expect(await resolve({}, { SHITOPS_BUS: 'kafka://elsewhere:9092' })).to.deep.equal(elsewhere)
    expect(await resolve({}, { SHITOPS_BUS: 'kafka://elsewhere:9092', SHITOPS_BUS_RACK: 'dc-3' })).to.deep.equal({
      url: 'kafka://elsewhere:9092?rack=dc-3',
      secrets: {},
    })
  })

  it('counts relative paths from the folder of the file, ~ from home, and those of the environment from here', async () => {
    await write(USER, 'bus: {url: "kafka://k:9092", tlsCa: ca.pem, tlsCert: ~/c.pem, tlsKey: /k.pem}')
    expect(parseKafkaUrl((await resolve()).url)).to.deep.include({
      tlsCa: join(dir(), 'home/.config/shitops/ca.pem'),
      tlsCert: join(dir(), 'home/c.pem'),
      tlsKey: '/k.pem',
    })
    expect((await resolve({}, { SHITOPS_BUS_TLS_CA: 'ca.pem' })).url).to.include('tlsCa=ca.pem')
    await write('project/shitops.yaml', 'bus: {url: "embedded:./data?max.bytes=100"}')
    expect((await resolve()).url).to.equal(`embedded:${join(dir(), 'project/data')}?max.bytes=100`)
  })
})
