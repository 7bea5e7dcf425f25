import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { cliEnv, runCli } from '../../../support/cli.ts'
import { installGnmiGo } from '../../../support/gnmi-go.ts'
import { LiveCli } from '../../../support/live-cli.ts'
import { useTempDir } from '../../../support/temp-dir.ts'

const run = promisify(execFile)

/** The agent as it is after its first start, with its own certificate and password, seen by a client in Go and by ours. */
describe('shitops gnmi agent', function () {
  this.timeout(60_000)
  const dir = useTempDir()
  const own = (name: string) => join(dir(), '.config', 'shitops', 'gnmi-agent', name)
  let gnmiCli = ''
  let agent: LiveCli
  let address = ''

  before(async function () {
    this.timeout(300_000)
    const go = await installGnmiGo()
    if ('missing' in go) {
      console.log(`      not tested: ${go.missing}`)
      this.skip()
    } else gnmiCli = go.gnmiCli
  })
  beforeEach(async () => {
    agent = new LiveCli(['gnmi', 'agent', '--listen', '127.0.0.1:0'], dir())
    await agent.until(({ stderr }) => /^Try: .*\n/m.test(stderr))
    address = /gNMI agent on (\S+),/.exec(agent.stderr)?.[1] ?? ''
  })
  afterEach(() => agent.signal('SIGKILL'))

  /** What gnmi_cli prints, whether it ends well or not. */
  async function ask(args: string[], password?: string): Promise<string> {
    const env = { ...process.env, GNMI_USER: 'shitops', GNMI_PASS: password ?? (await readFile(own('password'), 'utf8')).trim() }
    const all = ['-address', address, '-ca_crt', own('certificate.pem'), '-with_user_pass', '-timeout', '10s', ...args]
    const { stdout, stderr } = await run(gnmiCli, all, { env, timeout: 30_000 }).catch((error: { stdout: string; stderr: string }) => error)
    return stdout + stderr
  }

  it('tells gnmi_cli its capabilities, and what it asks for', async () => {
    const capabilities = await ask(['-capabilities'])
    expect(capabilities)
      .to.match(/openconfig-system/)
      .and.to.match(/gNMI_version: *"0\.\d+/)
    const path = 'elem: <name: "system"> elem: <name: "state"> elem: <name: "hostname">'
    expect(await ask(['-get', '-proto', `path: <${path}> encoding: JSON_IETF`])).to.include(hostname())
  })

  it('lets gnmi_cli subscribe once and as a stream', async () => {
    const once = await ask(['-query', '/system/state', '-query_type', 'once', '-target', 'laptop'])
    expect(once)
      .to.include(hostname())
      .and.to.match(/boot-time/)
    const stream = ['-query', '/system/state', '-query_type', 'streaming', '-streaming_duration', '2s', '-target', 'laptop']
    expect(await ask(stream)).to.include(hostname())
  })

  it('lets nobody in with another password', async () => {
    const told = await ask(['-capabilities'], 'another-password')
    expect(told)
      .to.match(/Unauthenticated/)
      .and.to.not.include(hostname())
  })

  it('is collected from by the command that it suggests', async () => {
    const suggested = /^Try: shitops (gnmi subscribe .*)$/m.exec(agent.stderr)?.[1]?.split(' ') ?? []
    const { XDG_CONFIG_HOME } = cliEnv(dir())
    const args = [...suggested, '--mode', 'once', '--output', 'event', '--no-publish']
    const { stdout, stderr, code } = await runCli(args, { env: { XDG_CONFIG_HOME } })
    expect(code, stderr).to.equal(0)
    expect(stdout).to.include(`"openconfig:/system/state/hostname":"${hostname()}"`)
  })
})
