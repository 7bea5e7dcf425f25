import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCli } from '../../../support/cli.ts'
import { installGnmiGo } from '../../../support/gnmi-go.ts'
import { type GnmiTls, makeGnmiTls, missingForTls } from '../../../support/gnmi-tls.ts'
import { LiveCli } from '../../../support/live-cli.ts'
import { useTempDir } from '../../../support/temp-dir.ts'

/** What it plays: random counters, text, and a leaf that goes; each in the deprecated Path.element. */
const value = (path: string, more: string, repeat: number) => `
    values: <
      path: ["interfaces", "interface[name=${path}]", "state"]
      repeat: ${repeat}
      timestamp: < timestamp: 1774965731250417113 delta_min: 1000000000 delta_max: 2000000000 >
      ${more}
    >`
const CONFIG = (stays: boolean, [first, other]: [first: number, other: number]) => `
  target: "fake"
  client_type: GRPC_GNMI
  ${stays ? 'disable_eof: true' : ''}
  ${value('eth0', 'int_value: < value: 50 range: < minimum: 0 maximum: 100 delta_min: -10 delta_max: 10 > >', first)}
  ${value('eth1', 'uint_value: < value: 18446744073709551615 >', other)}
  ${value('eth2', 'string_value: < value: "up" >', other)}
  ${value('eth3', 'double_value: < value: 0.1 >', other)}
  ${value('eth4', 'bool_value: < value: true >', other)}
`
const REPEATS: [number, number] = [20, 2]
const VALUES = 28
/** It says that all has come (sync) after the first value of each path, and goes on with the others: only these belong to the answer. */
const NO_REPEATS: [number, number] = [1, 1]
const FIRST_VALUES = 5

interface Event {
  timestamp: string
  tags: Record<string, string>
  values: Record<string, unknown>
}

/** Another implementation of gNMI's server side, in Go: TLS only, the deprecated element, values made at random. */
describe('shitops gnmi subscribe, on fake_server of openconfig/gnmi', function () {
  this.timeout(60_000)
  const dir = useTempDir()
  const children: ChildProcess[] = []
  let fakeServer = ''
  let tls: GnmiTls

  before(async function () {
    // It is compiled when it is used for the first time.
    this.timeout(300_000)
    const go = await installGnmiGo()
    const missing = 'missing' in go ? go.missing : missingForTls()
    if (missing || 'missing' in go) {
      console.log(`      not tested: ${missing}`)
      this.skip()
    } else fakeServer = go.fakeServer
  })
  beforeEach(async () => {
    tls = await makeGnmiTls(dir())
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  /** The server, listening; its address. */
  async function start(
    stays: boolean,
    { port, repeats = REPEATS }: { port?: number; repeats?: [number, number] } = {},
  ): Promise<{ address: string; port: number; child: ChildProcess }> {
    const on = port ?? (await freePort())
    const config = join(dir(), 'config.pbtxt')
    await writeFile(config, CONFIG(stays, repeats))
    const files = ['-server_crt', tls.server.certFile, '-server_key', tls.server.keyFile, '-allow_no_client_auth']
    const child = spawn(fakeServer, ['-text', '-config', config, '-port', String(on), '-logtostderr', ...files], { stdio: 'ignore' })
    children.push(child)
    while (!(await answers(on))) if (child.exitCode !== null) throw new Error(`fake_server ended with ${child.exitCode}`)
    return { address: `127.0.0.1:${on}`, port: on, child }
  }
  const subscribe = (address: string, ...args: string[]) => [
    ...['gnmi', 'subscribe', '-a', address, '--tls-ca', tls.caFile, '--path', '/interfaces', '--no-publish', '--quiet', ...args],
  ]
  const events = (stdout: string): Event[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  const of = (all: Event[], name: string) => all.filter(({ tags }) => tags.interface_name === name)
  const valuesOf = (all: Event[], name: string) => of(all, name).map(({ values }) => Object.values(values)[0])

  it('takes all its values once: random integers, 64 bits, text, doubles, flags; keys inside the elements are tags', async () => {
    const { address } = await start(false)
    const { stdout, stderr, code } = await runCli(subscribe(address, '--mode', 'once', '--encoding', 'proto', '--output', 'event'))
    expect(code, stderr).to.equal(0)
    const all = events(stdout)
    expect(all).to.have.length(VALUES)
    for (const { values } of all) expect(Object.keys(values)).to.deep.equal(['/interfaces/interface/state'])
    const random = valuesOf(all, 'eth0')
    expect(random).to.have.length(20)
    for (const one of random) expect(one).to.be.within(0, 100)
    expect(valuesOf(all, 'eth1')).to.deep.equal(['18446744073709551615', '18446744073709551615'])
    expect(valuesOf(all, 'eth2')).to.deep.equal(['up', 'up'])
    for (const one of valuesOf(all, 'eth3')) expect(one).to.be.closeTo(0.1, 1e-7)
    expect(valuesOf(all, 'eth4')).to.deep.equal([true, true])
    // Exact, and as it counted them.
    const times = of(all, 'eth0').map(({ timestamp }) => BigInt(timestamp))
    for (const [i, time] of times.entries()) if (i > 0) expect(Number(time - (times[i - 1] as bigint))).to.be.within(1e9, 2e9)
  })

  it('streams, and takes up again when the server comes back', async () => {
    const first = await start(true)
    const cli = new LiveCli(subscribe(first.address, '--encoding', 'proto', '--output', 'ndjson'), dir())
    if (cli.child) children.push(cli.child)
    const kinds = (kind: string) => cli.stdout.split(`"kind":"${kind}"`).length - 1
    await cli.until(() => kinds('synced') === 1 && kinds('notification') === VALUES)
    first.child.kill('SIGKILL')
    await cli.until(() => kinds('lost') >= 1)
    await start(true, { port: first.port })
    await cli.until(() => kinds('synced') === 2 && kinds('notification') === 2 * VALUES)
    expect(await cli.signal('SIGINT')).to.equal(130)
  })

  it('polls: all values, and again for each poll', async () => {
    const { address } = await start(false, { repeats: NO_REPEATS })
    const polling = ['--mode', 'poll', '--polls', '2', '--poll-interval', '100ms', '--encoding', 'proto', '--output', 'event']
    const { stdout, stderr, code } = await runCli(subscribe(address, ...polling))
    expect(code, stderr).to.equal(0)
    expect(events(stdout)).to.have.length(3 * FIRST_VALUES)
  })

  it('is not trusted without its authority, and does not understand plaintext', async () => {
    const { address } = await start(false)
    const args = ['gnmi', 'subscribe', '-a', address, '--path', '/interfaces', '--no-publish', '--mode', 'once']
    expect(await runCli(args).then(({ code, stderr }) => [code, /SHITOPS_E_GNMI_TLS/.test(stderr)])).to.deep.equal([69, true])
    const plain = await runCli([...args, '--insecure'])
    expect(plain.code, plain.stderr).to.equal(69)
    expect(plain.stderr).to.match(/SHITOPS_E_GNMI_UNREACHABLE/)
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

/** Whether somebody listens there, after a moment at most. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => setTimeout(resolve, 50, false))
  })
}
