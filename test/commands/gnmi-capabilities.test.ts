import { chmod, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { CAPABILITIES, HANG, Refusal, ScriptedTarget, type TargetOptions } from '../../src/office/gnmi/scripted/index.ts'
import { type CliOptions, type CliResult, runCli } from '../support/cli.ts'
import { type GnmiTls, makeGnmiTls, missingForTls } from '../support/gnmi-tls.ts'
import { useTempDir } from '../support/temp-dir.ts'

const UNIMPLEMENTED = 12

describe('shitops gnmi capabilities', () => {
  const home = useTempDir()
  const targets: ScriptedTarget[] = []
  const listen = async (options?: TargetOptions) => {
    const target = await ScriptedTarget.listen(options)
    targets.push(target)
    return target
  }
  afterEach(async () => {
    for (const target of targets.splice(0)) await target.close()
  })

  const ask = (address: string, ...more: string[]) => runCli(['gnmi', 'capabilities', '-a', address, ...more])
  /** The error of a run with `--json`, whose exit code it must have. */
  const failure = async (address: string, more: string[], options: CliOptions = {}) => {
    const { stdout, stderr, code } = await runCli(['gnmi', 'capabilities', '-a', address, ...more, '--json'], options)
    const { error } = JSON.parse(stdout)
    expect([error.exit, stderr]).to.deep.equal([code, ''])
    return error as { code: string; message: string; suggestions: string[]; exit: number }
  }

  it('statement 52: prints version, encodings by name, models; an encoding without a name by its number', async () => {
    const target = await listen()
    target.answers.Capabilities = { ...CAPABILITIES, supported_encodings: ['JSON', 42, 'JSON_IETF'] }
    const { stdout, stderr, code } = await ask(target.address, '--insecure')
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout.split('\n')).to.deep.equal([
      `target:    ${target.address}`,
      'gNMI:      0.10.0',
      'encodings: json, 42, json_ietf',
      'models:    2',
      'MODEL                  VERSION  ORGANIZATION',
      'openconfig-interfaces  4.0.0    OpenConfig working group',
      'openconfig-system      2.3.0    OpenConfig working group',
      '',
    ])
    const { stdout: json } = await ask(target.address, '--insecure', '--json')
    expect(JSON.parse(json)).to.deep.equal({
      targets: [
        {
          source: target.address,
          version: '0.10.0',
          encodings: ['JSON', 42, 'JSON_IETF'],
          models: CAPABILITIES.supported_models,
        },
      ],
    })
  })

  it('prints what there is of an answer with nothing in it', async () => {
    const target = await listen()
    target.answers.Capabilities = {}
    const { stdout } = await ask(target.address, '--insecure')
    expect(stdout).to.equal(`target:    ${target.address}\ngNMI:      -\nencodings: -\nmodels:    0\n`)
  })

  it('asks several targets, and a failing one hides no other', async () => {
    const [first, hung, refusing, last] = [await listen(), await listen(), await listen(), await listen()]
    hung.answers.Capabilities = HANG
    refusing.answers.Capabilities = new Refusal(UNIMPLEMENTED, 'not here')
    const all = [first, hung, refusing, last].map(({ address }) => address)
    const args = ['gnmi', 'capabilities', '--insecure', '--timeout', '1s', ...all.flatMap((address) => ['-a', address])]
    const askAll = async (...more: string[]): Promise<CliResult> => {
      const result = await runCli([...args, ...more])
      // Those that answer may be late as well, on a busy machine; then they are asked again.
      const isLate = [first, refusing, last].some(({ address }) => (result.stdout + result.stderr).includes(`${address}: no `))
      return isLate ? askAll(...more) : result
    }
    const { stdout, stderr, code } = await askAll()
    // 75 would have a script try again, which does not help the target that refuses.
    expect(code).to.equal(1)
    expect(stdout.match(/^target: .*$/gm)).to.deep.equal([`target:    ${first.address}`, `target:    ${last.address}`])
    expect(stderr).to.match(new RegExp(`Error: ${hung.address}: no answer in time \\(SHITOPS_E_GNMI_TIMEOUT\\)`))
    expect(stderr).to.contain(`Error: ${refusing.address}: the target cannot do that: UNIMPLEMENTED: not here`)
    const json = await askAll('--json')
    const { targets: answers, error } = JSON.parse(json.stdout)
    expect(json.code).to.equal(1)
    expect(answers.map(({ source }: { source: string }) => source)).to.deep.equal(all)
    expect(answers.map((answer: { error?: { code: string } }) => answer.error?.code)).to.deep.equal([
      undefined,
      'SHITOPS_E_GNMI_TIMEOUT',
      'SHITOPS_E_GNMI_REFUSED',
      undefined,
    ])
    expect(error).to.include({ code: 'SHITOPS_E_GNMI_REFUSED', exit: 1 })
    expect(error.message).to.match(/^2 of 4 targets failed; the worst: /)
  })

  describe('credentials', () => {
    const secret = async (text: string, mode = 0o600) => {
      const file = join(home(), 'password')
      await writeFile(file, text)
      await chmod(file, mode)
      return file
    }

    it('statement 18: go with the call, from a file or the environment', async () => {
      const target = await listen({ credentials: { username: 'op', password: 's3cret' } })
      const file = await secret('s3cret\n')
      const run = await ask(target.address, '--insecure', '--username', 'op', '--password-file', file)
      expect(run.code).to.equal(0)
      expect(run.stderr).to.contain('--insecure: the password crosses the network in plaintext')
      expect(target.requests[0]?.metadata).to.include({ username: 'op', password: 's3cret' })
      const env = { SHITOPS_GNMI_USERNAME: 'op', SHITOPS_GNMI_PASSWORD: 's3cret' }
      expect((await runCli(['gnmi', 'capabilities', '-a', target.address, '--insecure', '-q'], { env })).code).to.equal(0)
    })

    it('that are wrong end it with 77, and are not shown', async () => {
      const target = await listen({ credentials: { username: 'op', password: 's3cret' } })
      const options = { env: { SHITOPS_GNMI_PASSWORD: 'hunter2' } }
      const error = await failure(target.address, ['--insecure', '--username', 'op', '-q'], options)
      expect(error).to.include({ code: 'SHITOPS_E_GNMI_AUTH', exit: 77 })
      expect(error.suggestions).to.include('--username NAME --password-file FILE')
      expect(JSON.stringify(error)).to.not.contain('hunter2')
    })

    it('that others may read are refused before anything is sent', async () => {
      const target = await listen()
      const file = await secret('s3cret', 0o644)
      const error = await failure(target.address, ['--insecure', '--username', 'op', '--password-file', file])
      expect(error).to.include({ code: 'SHITOPS_E_SECRET_MODE', exit: 77 })
      expect(target.connections.accepted).to.equal(0)
    })

    for (const flag of ['--password', '--token', '--passwd']) {
      it(`are not taken from ${flag}, nor shown`, async () => {
        for (const given of [[flag, 'hunter2'], [`${flag}=hunter2`]]) {
          const { stdout, stderr, code } = await runCli(['gnmi', 'capabilities', '-a', 'x:1', '-v', ...given])
          expect([code, stdout]).to.deep.equal([2, ''])
          expect(stderr).to.contain('SHITOPS_E_USAGE')
          if (flag !== '--passwd') expect(stderr).to.contain(`Try: ${flag}-file FILE`)
          expect(stderr).to.not.contain('hunter2').and.not.contain('Parsing')
        }
      })
    }
  })

  describe('TLS', () => {
    let tls: GnmiTls
    beforeEach(async function () {
      const missing = missingForTls()
      if (missing) this.skip()
      tls = await makeGnmiTls(home())
      await chmod(tls.client.keyFile, 0o600)
    })

    it('is spoken to a target whose certificate is vouched for', async () => {
      const target = await listen({ tls: tls.server })
      expect((await ask(target.address, '--tls-ca', tls.caFile)).code).to.equal(0)
      expect((await ask(target.address, '--skip-verify')).code).to.equal(0)
      const token = join(home(), 'token')
      await writeFile(token, 't0ken\n', { mode: 0o600 })
      expect((await ask(target.address, '--tls-ca', tls.caFile, '--token-file', token)).code).to.equal(0)
      expect(target.requests.at(-1)?.metadata.authorization).to.equal('Bearer t0ken')
    })

    it('is not agreed on with a stranger, and there is no way around it but those asked for', async () => {
      const target = await listen({ tls: tls.server })
      expect(await failure(target.address, [])).to.include({ code: 'SHITOPS_E_GNMI_TLS', exit: 69 })
      expect(await failure(target.address, ['--tls-ca', tls.strangerCaFile])).to.include({ code: 'SHITOPS_E_GNMI_TLS', exit: 69 })
      expect(target.requests).to.deep.equal([])
    })

    it('is with a client that has a certificate, where the target wants one', async () => {
      const target = await listen({ tls: { ...tls.server, ca: tls.ca } })
      expect(await failure(target.address, ['--tls-ca', tls.caFile])).to.include({ code: 'SHITOPS_E_GNMI_TLS' })
      const own = ['--tls-ca', tls.caFile, '--tls-cert', tls.client.certFile, '--tls-key', tls.client.keyFile]
      expect((await ask(target.address, ...own)).code).to.equal(0)
    })

    it('is not spoken by a target in plaintext', async () => {
      const target = await listen()
      expect(await failure(target.address, [])).to.include({ code: 'SHITOPS_E_GNMI_TLS', exit: 69 })
      expect(target.requests).to.deep.equal([])
    })
  })

  it('knows a port that is not gNMI', async () => {
    const server: Server = createServer((_, response) => response.end('hello'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      expect(await failure(`127.0.0.1:${port}`, ['--insecure'])).to.include({ code: 'SHITOPS_E_GNMI_NOT_GNMI', exit: 69 })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('knows an answer that is no gNMI message', async () => {
    const target = await listen()
    target.answers.Capabilities = Buffer.from([0x0a, 0x05, 0x01])
    expect(await failure(target.address, ['--insecure'])).to.include({ code: 'SHITOPS_E_GNMI_NOT_GNMI', exit: 69 })
  })

  it('knows when nothing listens, and when nobody answers', async () => {
    const target = await listen()
    await target.close()
    expect(await failure(target.address, ['--insecure'])).to.include({ code: 'SHITOPS_E_GNMI_UNREACHABLE', exit: 69 })
    const silent = await listen()
    silent.onConnection = () => {}
    expect(await failure(silent.address, ['--insecure', '--timeout', '500ms'])).to.include({ code: 'SHITOPS_E_GNMI_TIMEOUT', exit: 75 })
  })

  it('wants to know of whom', async () => {
    const { stderr, code } = await runCli(['gnmi', 'capabilities'])
    expect(code).to.equal(2)
    expect(stderr).to.contain('no target is named (SHITOPS_E_USAGE)').and.contain('Try: --address HOST:PORT')
  })
})
