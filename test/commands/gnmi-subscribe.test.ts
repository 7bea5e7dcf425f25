import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { ScriptedTarget, type TargetOptions } from '../../src/office/gnmi/scripted/index.ts'
import { CLI, cliEnv, runCli } from '../support/cli.ts'
import { type GnmiTls, makeGnmiTls, missingForTls } from '../support/gnmi-tls.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

const lines = (text: string) => text.split('\n').filter((line) => line !== '')
const objects = (text: string) => lines(text).map((line) => JSON.parse(line))
const MAX = '18446744073709551615'

const leaf = (value: string, name = 'a') => ({
  timestamp: '1774965731250417113',
  prefix: { elem: [{ name: 'if', key: { name: 'eth0' } }] },
  update: [{ path: { elem: [{ name }] }, val: { uint_val: value } }],
})

describe('shitops gnmi subscribe', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  const closing: Array<() => unknown> = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function listen(options: TargetOptions = { strict: true }): Promise<ScriptedTarget> {
    const target = await ScriptedTarget.listen(options)
    closing.push(() => target.close())
    target.onSubscribe = async (stream, request) => {
      await stream.notify(leaf(MAX))
      await stream.notify({ ...leaf('2'), delete: [{ elem: [{ name: 'b' }] }] })
      await stream.sync()
      if (request.subscribe?.mode === 'ONCE') stream.end()
    }
    return target
  }
  const subscribe = (target: ScriptedTarget | string, ...args: string[]) => [
    ...['gnmi', 'subscribe', '-a', typeof target === 'string' ? target : target.address, '--insecure', '--path', '/if', '--no-publish'],
    ...args,
  ]
  const once = (target: ScriptedTarget | string, ...args: string[]) => runCli(subscribe(target, '--mode', 'once', ...args))
  const live = (args: string[]) => {
    const cli = new LiveCli(args, dir())
    closing.push(() => cli.signal('SIGKILL'))
    return cli
  }

  describe('--mode once', () => {
    it('prints events, and ends with 0', async () => {
      const target = await listen()
      const { stdout, stderr, code } = await once(target, '--output', 'event')
      expect(code, stderr).to.equal(0)
      const event = { name: 'default', timestamp: '1774965731250417113' }
      const tags = { if_name: 'eth0', source: target.address, 'subscription-name': 'default' }
      expect(objects(stdout)).to.deep.equal([
        { ...event, tags, values: { '/if/a': MAX } },
        { ...event, tags, deletes: ['/if/b'] },
        { ...event, tags, values: { '/if/a': 2 } },
      ])
      expect(stderr).to.match(/notifications 2 · updates 2 · deletes 1 .*drops 0/)
    })

    it('prints json, flat and records as they are on the bus', async () => {
      const target = await listen()
      const [json, flat, ndjson] = await Promise.all(
        ['json', 'flat', 'ndjson'].map((output) => once(target, '--output', output, '--quiet')),
      )
      for (const result of [json, flat, ndjson]) expect(result).to.include({ code: 0, stderr: '' })
      expect(objects(json?.stdout ?? '')[0]).to.deep.include({ source: target.address, 'subscription-name': 'default' })
      expect(json?.stdout).to.include(MAX)
      expect(lines(flat?.stdout ?? '')[0]).to.match(new RegExp(`/if\\[name=eth0\\]/a: ${MAX}`))
      const records = objects(ndjson?.stdout ?? '')
      expect(records.map(({ topic, value }) => [topic, value.kind])).to.deep.equal(
        ['connected', 'notification', 'notification', 'synced', 'lost'].map((kind) => ['device_telemetry', kind]),
      )
      expect(records[1]).to.have.all.keys('topic', 'partition', 'offset', 'timestamp', 'key', 'headers', 'value')
      expect(records[1].value.updates[0]).to.include({ path: '/a', value: MAX })
    })

    it('gives one document with --json: what was counted', async () => {
      const { stdout, stderr, code } = await once(await listen(), '--json')
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(JSON.parse(stdout).counters).to.include({ notifications: 2, updates: 2, deletes: 1, malformed: 0, drops: 0 })
    })

    it('prints the data of all targets that answer, and ends with the failure of the one that does not', async () => {
      const target = await listen()
      const both = await once(target, '-a', '127.0.0.1:1', '--output', 'event')
      expect(both.code).to.equal(69)
      expect(objects(both.stdout)).to.have.length(3)
      expect(both.stderr)
        .to.include('Error: 127.0.0.1:1: nothing listens there (ECONNREFUSED) (SHITOPS_E_GNMI_UNREACHABLE)')
        .and.include('Try:')
      const document = await once(target, '-a', '127.0.0.1:1', '--json')
      expect(document.code).to.equal(69)
      const { counters, failures, error } = JSON.parse(document.stdout)
      expect(counters).to.include({ streams: 2, notifications: 2, updates: 2, deletes: 1 })
      expect(error).to.include({ code: 'SHITOPS_E_GNMI_UNREACHABLE', exit: 69 })
      expect(failures).to.deep.equal([error])
      expect(document.stderr).to.equal('')
    })

    it('ends with the worst of several failures, and tells all', async () => {
      const refusing = await listen()
      refusing.onSubscribe = (stream) => stream.fail(16, 'who are you?')
      const { code, stdout } = await once(refusing, '-a', '127.0.0.1:1', '--json')
      const { failures, error } = JSON.parse(stdout)
      expect(failures.map((failure: { exit: number }) => failure.exit)).to.have.members([69, 77])
      expect([code, error.exit]).to.deep.equal([77, 77])
    })

    for (const [what, quiet] of [
      ['of a flood', false],
      ['of a stream that says nothing more', true],
    ] as const)
      it(`ends with 0 under a reader that has seen enough ${what}`, async function () {
        if (quiet && process.platform !== 'linux') this.skip()
        const target = await listen()
        target.onSubscribe = (stream) => stream.flood((i) => ({ update: leaf(String(i)) }), quiet ? 1 : Number.POSITIVE_INFINITY)
        const command = [process.execPath, CLI, ...subscribe(target, '--output', 'event')].map((word) => `'${word}'`).join(' ')
        // The first line of the reader's output, then the command's own exit code.
        const { stdout } = await promisify(execFile)('bash', ['-c', `${command} | head -1; echo "code \${PIPESTATUS[0]}"`], {
          env: cliEnv(dir()),
          cwd: dir(),
          timeout: 30_000,
        })
        const [first, code, ...more] = lines(stdout)
        expect(JSON.parse(first ?? '').values).to.deep.equal({ '/if/a': 0 })
        expect([code, more]).to.deep.equal(['code 0', []])
      })
  })

  it('polls so often as it was asked to', async () => {
    const target = await listen()
    target.onSubscribe = async (stream) => {
      stream.onPoll = async (poll) => {
        await stream.notify(leaf(String(poll)))
        await stream.sync()
      }
      await stream.notify(leaf('0'))
      await stream.sync()
    }
    const polling = ['--mode', 'poll', '--poll-interval', '10ms', '--polls', '2', '--output', 'flat', '--quiet']
    const { stdout, code } = await runCli(subscribe(target, ...polling))
    expect(code).to.equal(0)
    expect(lines(stdout).map((line) => line.split(': ').at(-1))).to.deep.equal(['0', '1', '2'])
    expect(target.streams[0]?.polls).to.equal(2)
  })

  describe('Ctrl-C', () => {
    it('ends a stream with 130, with all that was received printed, and tells the target', async () => {
      const target = await listen()
      const cli = live(subscribe(target, '--output', 'ndjson', '--quiet'))
      await cli.until(({ stdout }) => stdout.includes('"synced"'))
      expect(await cli.signal('SIGINT')).to.equal(130)
      expect(objects(cli.stdout).map(({ value }) => value.kind)).to.deep.equal([
        'connected',
        'notification',
        'notification',
        'synced',
        'lost',
      ])
      await target.streams[0]?.untilCancelled()
      while (target.connections.open > 0) await new Promise(setImmediate)
    })

    it('ends one that is still connecting, and one that waits for its next attempt', async () => {
      const silent: Server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
      closing.push(() => silent.close())
      await new Promise((resolve) => silent.once('listening', resolve))
      const address = silent.address()
      const taken = new Promise((resolve) => silent.once('connection', resolve))
      const connecting = live(subscribe(`127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`))
      await taken
      expect(await connecting.signal('SIGINT')).to.equal(130)

      const waiting = live(subscribe('127.0.0.1:1'))
      await waiting.until(({ stderr }) => stderr.includes('next attempt'))
      expect(await waiting.signal('SIGTERM')).to.equal(143)
    })
  })

  it('streams until its time is over, and goes on after a target went away', async () => {
    const target = await listen()
    const cli = live(subscribe(target, '--output', 'event', '--quiet'))
    await cli.until(({ stdout }) => lines(stdout).length === 3)
    target.streams[0]?.drop({ reset: true })
    await cli.until(({ stdout }) => lines(stdout).length === 6)
    expect(await cli.signal('SIGINT')).to.equal(130)
    const { code } = await runCli(subscribe(target, '--duration', '300ms', '--quiet'))
    expect(code).to.equal(0)
  })

  describe('failures', () => {
    let tls: GnmiTls
    beforeEach(async function () {
      if (missingForTls()) this.skip()
      tls = await makeGnmiTls(dir())
    })

    /** With and without --json: the same code, the same exit. */
    async function fails(args: string[], code: string, exit: number): Promise<string> {
      const [plain, json] = await Promise.all([runCli(args), runCli([...args, '--json'])])
      expect(plain.code, plain.stderr).to.equal(exit)
      expect(plain.stderr).to.include(`(${code})`)
      expect(json.code).to.equal(exit)
      expect(JSON.parse(json.stdout).error).to.include({ code, exit })
      return plain.stderr
    }
    const overTls = (target: ScriptedTarget, ...args: string[]) => [
      ...['gnmi', 'subscribe', '-a', target.address, '--path', '/if', '--no-publish', '--mode', 'once', ...args],
    ]

    it('of certificates are SHITOPS_E_GNMI_TLS, 69', async () => {
      const target = await listen({ tls: tls.server })
      expect(await fails(overTls(target), 'SHITOPS_E_GNMI_TLS', 69)).to.match(/Try: --tls-ca CA.pem/)
      expect((await runCli(overTls(target, '--tls-ca', tls.caFile, '--output', 'event'))).code).to.equal(0)
      const expired = await listen({ tls: tls.expired })
      expect(await fails(overTls(expired, '--tls-ca', tls.caFile), 'SHITOPS_E_GNMI_TLS', 69)).to.match(/expired/)
    })

    it('of a password are SHITOPS_E_GNMI_AUTH, 77, and do not show it', async () => {
      const file = join(dir(), 'password')
      await writeFile(file, 'not-the-one', { mode: 0o600 })
      const target = await listen({ tls: tls.server, credentials: { username: 'ops', password: 'right' } })
      const login = ['--tls-ca', tls.caFile, '--username', 'ops', '--password-file', file]
      expect(await fails(overTls(target, ...login), 'SHITOPS_E_GNMI_AUTH', 77)).to.not.include('not-the-one')
    })

    it('of what is asked for are usage, 2, or refused, 1', async () => {
      const target = await listen()
      await fails(subscribe(target, '--mode', 'once', '--path', '/a[b'), 'SHITOPS_E_USAGE', 2)
      expect(target.requests).to.deep.equal([])
      target.onSubscribe = (stream) => stream.fail(3, 'no such path')
      expect(await fails(subscribe(target, '--mode', 'once'), 'SHITOPS_E_GNMI_REFUSED', 1)).to.match(/no such path/)
    })
  })
})
