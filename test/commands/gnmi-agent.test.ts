import { copyFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as grpc from '@grpc/grpc-js'
import { expect } from 'chai'
import { loadGnmi } from '../../src/collectors/gnmi/client/grpc.ts'
import GnmiAgent from '../../src/commands/gnmi/agent.ts'
import { type Message, metadataOf, pathOf, TestStream } from '../collectors/gnmi/agent/support/target.ts'
import { runCli } from '../support/cli.ts'
import { makeTlsFiles } from '../support/kafka/tls.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

const LISTENING = /gNMI agent on (\S+), (TLS|in plain text)/

describe('shitops gnmi agent', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  const path = (...names: string[]) => join(dir(), ...names)
  const own = (name: string) => path('.config', 'shitops', 'gnmi-agent', name)
  let agent: LiveCli | undefined
  let client: Message
  afterEach(async () => {
    client?.close()
    if (agent?.child.exitCode === null) await agent.signal('SIGKILL')
  })

  /** The command, once it listens; and where. */
  async function start(args: string[] = [], env: Record<string, string> = {}): Promise<string> {
    const listen = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']
    const live = new LiveCli(['gnmi', 'agent', ...listen, ...args], dir(), env)
    agent = live
    await live.until(({ stderr }) => /^Try: .*\n/m.test(stderr))
    return LISTENING.exec(live.stderr)?.[1] ?? ''
  }

  async function connect(address: string, credentials: grpc.ChannelCredentials): Promise<void> {
    client = new (grpc.makeGenericClientConstructor((await loadGnmi()).methods, 'gNMI'))(address, credentials)
  }

  const hostname = (password: string, username = 'shitops') =>
    new Promise<string>((resolve) => {
      const request = { path: [pathOf('/system/state/hostname')], encoding: 'PROTO' }
      client.Get(request, metadataOf({ username, password }), (error: grpc.ServiceError | null, answer: Message) =>
        resolve(error ? `${error.code}` : answer.notification[0].update[0].val.string_val),
      )
    })

  it('makes its certificate and password at the first start, says where, and serves by them until Ctrl-C', async () => {
    const address = await start()
    const { stderr = '' } = agent ?? {}
    const [certificate, password] = [await readFile(own('certificate.pem')), (await readFile(own('password'), 'utf8')).trim()]
    expect((await stat(own('password'))).mode & 0o777).to.equal(0o600)
    expect((await stat(own('key-and-certificate.pem'))).mode & 0o777).to.equal(0o600)
    expect(stderr).to.include(own('password')).and.to.include(own('certificate.pem')).and.to.not.include(password)
    const fingerprint = new (await import('node:crypto')).X509Certificate(certificate).fingerprint256
    expect(stderr).to.include(`SHA-256 ${fingerprint}`)
    expect(stderr).to.match(/^Try: shitops gnmi subscribe -a \S+ --tls-ca \S+ --username shitops --password-file \S+ --path \/system$/m)

    await connect(address, grpc.credentials.createSsl(certificate))
    expect(await hostname(password)).to.match(/^[^\d]|\D/)
    expect(await hostname('guess')).to.equal(`${grpc.status.UNAUTHENTICATED}`)
    expect(await hostname(password, 'root')).to.equal(`${grpc.status.UNAUTHENTICATED}`)
    const stream = new TestStream(client.Subscribe(metadataOf({ username: 'shitops', password })))
    stream.send({ subscribe: { encoding: 'PROTO', subscription: [{ path: pathOf('/system/memory'), mode: 'SAMPLE' }] } })
    await stream.synced()
    expect(await agent?.signal('SIGINT')).to.equal(130)
    await stream.ended()
    expect(stream.status?.code).to.equal(grpc.status.UNAVAILABLE)
  })

  it('keeps them for the next start', async () => {
    await start()
    const [first] = /SHA-256 \S+/.exec(agent?.stderr ?? '') ?? []
    await agent?.signal('SIGTERM')
    await start()
    expect(agent?.stderr).to.include(first).and.to.not.include('made now')
    expect(await agent?.signal('SIGTERM')).to.equal(143)
  })

  it('takes a certificate, a client authority and a password from elsewhere', async () => {
    const tls = await makeTlsFiles(dir())
    await writeFile(path('secret'), 'open sesame\n', { mode: 0o600 })
    const files = ['--tls-cert', path('broker.pem'), '--tls-key', path('broker.key'), '--tls-client-ca', tls.ca]
    const address = await start([...files, '--password-file', path('secret'), '--username', 'noc'])
    expect(agent?.stderr).to.include('client certificates')
    const [ca, key, certificate] = await Promise.all([readFile(tls.ca), readFile(tls.clientKey), readFile(tls.clientCert)])
    await connect(address, grpc.credentials.createSsl(ca, key, certificate))
    expect(await hostname('open sesame', 'noc')).to.match(/\D/)
    client.close()
    await connect(address, grpc.credentials.createSsl(ca))
    expect(await hostname('open sesame', 'noc')).to.equal(`${grpc.status.UNAVAILABLE}`)
  })

  it('in plain text on this machine, with the password of the environment', async () => {
    const address = await start(['--insecure'], { SHITOPS_GNMI_AGENT_PASSWORD: 'from the environment' })
    expect(agent?.stderr).to.include('in plain text').and.to.not.include('from the environment')
    await connect(address, grpc.credentials.createInsecure())
    expect(await hostname('from the environment')).to.match(/\D/)
    expect(await hostname('')).to.equal(`${grpc.status.UNAUTHENTICATED}`)
  })

  const refusals: Array<[what: string, args: string[], code: number, error: string]> = [
    ['plain text on the network', ['--listen', '0.0.0.0:0', '--insecure'], 2, 'SHITOPS_E_USAGE'],
    ['an address without a port', ['--listen', 'localhost'], 2, 'SHITOPS_E_USAGE'],
    ['a port that is none', ['--listen', '127.0.0.1:70000'], 2, 'SHITOPS_E_USAGE'],
    ['an address of another machine', ['--listen', '192.0.2.77:0'], 69, 'SHITOPS_E_AGENT_LISTEN'],
    ['a certificate without its key', ['--tls-cert', 'x.pem'], 2, 'SHITOPS_E_USAGE'],
    ['a certificate that is not there', ['--tls-cert', 'x.pem', '--tls-key', 'x.key'], 1, 'SHITOPS_E_FILE'],
    ['--allow-plaintext-network alone', ['--allow-plaintext-network'], 2, 'SHITOPS_E_USAGE'],
    ['a duration that is none', ['--duration', 'soon'], 2, 'SHITOPS_E_USAGE'],
  ]
  for (const [what, args, code, error] of refusals) {
    it(`refuses ${what}`, async () => {
      const result = await runCli(['gnmi', 'agent', '--json', ...args])
      expect(result.code, result.stdout).to.equal(code)
      const report = JSON.parse(result.stdout).error
      expect(report.code).to.equal(error)
      expect(report.suggestions).to.not.deep.equal(['run it again with --verbose for the stack, and report it'])
    })
  }

  it('refuses two passwords, a key for everybody, and a certificate with another key', async () => {
    const tls = await makeTlsFiles(dir())
    const run = async (args: string[], env: Record<string, string> = {}) => {
      const { stdout } = await runCli(['gnmi', 'agent', '--json', '--listen', '127.0.0.1:0', '--duration', '90s', ...args], { env })
      return JSON.parse(stdout).error?.code
    }
    expect(await run(['--password-file', path('p')], { SHITOPS_GNMI_AGENT_PASSWORD: 'x' })).to.equal('SHITOPS_E_USAGE')
    expect(await run(['--tls-cert', path('broker.pem'), '--tls-key', tls.clientKey])).to.equal('SHITOPS_E_AGENT_TLS')
    await writeFile(path('open.key'), await readFile(tls.clientKey), { mode: 0o644 })
    expect(await run(['--tls-cert', tls.clientCert, '--tls-key', path('open.key')])).to.equal('SHITOPS_E_SECRET_MODE')
  })

  it('serves plain text on the network when told so twice, and warns', async () => {
    await start(['--listen', '0.0.0.0:0', '--insecure', '--allow-plaintext-network'])
    expect(agent?.stderr).to.match(/Warning:.*everybody on the network/)
  })

  it('--dry-run shows what would be served, and leaves nothing behind', async () => {
    const env = { HOME: dir(), XDG_CONFIG_HOME: path('.config') }
    const text = await runCli(['gnmi', 'agent', '--dry-run'], { env })
    expect(text.code).to.equal(0)
    expect(text.stdout).to.match(/^openconfig:\/system\/cpus\/cpu\[index=ALL\]\/state\/total\/instant +\d+$/m)
    const { leaves } = JSON.parse((await runCli(['gnmi', 'agent', '--dry-run', '--json'], { env })).stdout)
    const memory = leaves.find((leaf: Message) => leaf.path === 'openconfig:/system/memory/state/physical')
    expect(memory.value).to.match(/^\d+$/)
    expect(await stat(path('.config')).catch(() => undefined)).to.equal(undefined)
  })

  it('runs every example of its help, on a port that is free', async () => {
    await makeTlsFiles(dir())
    await copyFile(path('broker.pem'), path('agent.pem'))
    await copyFile(path('broker.key'), path('agent.key'))
    for (const example of GnmiAgent.examples) {
      const args = example
        .replace(/^.*%> /, '')
        .split(' ')
        .map((word) => word.replace(':57400', ':0'))
      if (/--(dry-run|duration)/.test(example)) {
        const { code, stderr } = await runCli(['gnmi', 'agent', ...args])
        expect(code, `${example}\n${stderr}`).to.equal(0)
        continue
      }
      await start(args)
      expect(await agent?.signal('SIGINT'), example).to.equal(130)
    }
  })

  it('stops though a client does not read', async () => {
    const address = await start(['--insecure'], { SHITOPS_GNMI_AGENT_PASSWORD: 'p' })
    await connect(address, grpc.credentials.createInsecure())
    const stream = new TestStream(client.Subscribe(metadataOf({ username: 'shitops', password: 'p' })))
    stream.pause()
    stream.send({ subscribe: { subscription: [{ path: {}, mode: 'SAMPLE' }] } })
    await hostname('p')
    expect(await agent?.signal('SIGINT')).to.equal(130)
  })

  it('--duration ends it with 0, and what was counted', async () => {
    const { code, stdout } = await runCli(['gnmi', 'agent', '--duration', '500ms', '--listen', '127.0.0.1:0', '--json'])
    expect([code, JSON.parse(stdout)]).to.deep.equal([0, { counters: {} }])
  })
})
