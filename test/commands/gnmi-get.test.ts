import { expect } from 'chai'
import { CAPABILITIES, HANG, Refusal, ScriptedTarget } from '../../src/office/gnmi/scripted/index.ts'
import { type CliResult, runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

const NOT_FOUND = 5
const UNIMPLEMENTED = 12

interface AskedGet {
  prefix?: object
  path?: object[]
  type?: string
  encoding?: string | number
  use_models?: object[]
  extension?: Array<{ depth?: object }>
}

const elem = (...names: string[]) => names.map((name) => ({ name }))
const interfaceNamed = (name: string) => ({ elem: [{ name: 'interfaces' }, { name: 'interface', key: { name } }] })

/** One notification a path, as the specification has it. */
const ANSWER = {
  notification: [
    {
      timestamp: '1774965731250417113',
      prefix: { target: 'leaf1', origin: 'openconfig', ...interfaceNamed('eth0') },
      update: [
        { path: { elem: elem('state', 'counters', 'in-octets') }, val: { uint_val: '18446744073709551615' } },
        { path: { elem: elem('config') }, val: { json_ietf_val: Buffer.from('{"mtu":1500,"enabled":[null],"in":"9223372036854775807"}') } },
      ],
    },
    { timestamp: '1774965731250417114', update: [{ path: { elem: elem('system', 'hostname') }, val: { string_val: 'leaf 1' } }] },
  ],
}

describe('shitops gnmi get', () => {
  const home = useTempDir()
  let target: ScriptedTarget
  beforeEach(async () => {
    target = await ScriptedTarget.listen()
    target.answers.Get = ANSWER
  })
  afterEach(() => target.close())

  const get = (...args: string[]) => runCli(['gnmi', 'get', '-a', target.address, '--insecure', ...args])
  const asked = (n = 1) => target.request(n, 'Get').then(({ message }) => message as AskedGet)
  const lines = (stdout: string) => stdout.split('\n').slice(0, -1)

  describe('prints', () => {
    it('events, each with its own time; statement 34: a notification a path, in order', async () => {
      const { stdout, stderr, code } = await get('--path', '/interfaces/interface[name=eth0]', '--path', '/system/hostname')
      expect([code, stderr]).to.deep.equal([0, ''])
      const tags = `"tags":{"interface_name":"eth0","target":"leaf1","source":"${target.address}"}`
      expect(lines(stdout)).to.deep.equal([
        `{"name":"get-request","timestamp":"1774965731250417113",${tags},"values":{"openconfig:/interfaces/interface/state/counters/in-octets":"18446744073709551615"}}`,
        `{"name":"get-request","timestamp":"1774965731250417113",${tags},"values":{"openconfig:/interfaces/interface/config/mtu":1500,"openconfig:/interfaces/interface/config/enabled":true,"openconfig:/interfaces/interface/config/in":"9223372036854775807"}}`,
        `{"name":"get-request","timestamp":"1774965731250417114","tags":{"source":"${target.address}"},"values":{"/system/hostname":"leaf 1"}}`,
      ])
      expect((await asked()).path).to.deep.equal([interfaceNamed('eth0'), { elem: elem('system', 'hostname') }])
    })

    it('json', async () => {
      const { stdout } = await get('--path', '/', '-o', 'json')
      expect(lines(stdout).map((line) => JSON.parse(line))).to.deep.equal([
        {
          source: target.address,
          timestamp: '1774965731250417113',
          time: '2026-03-31T14:02:11.250417113Z',
          prefix: 'openconfig:/interfaces/interface[name=eth0]',
          target: 'leaf1',
          updates: [
            { Path: 'state/counters/in-octets', values: { 'state/counters/in-octets': '18446744073709551615' } },
            { Path: 'config', values: { config: { mtu: 1500, enabled: [null], in: '9223372036854775807' } } },
          ],
        },
        {
          source: target.address,
          timestamp: '1774965731250417114',
          time: '2026-03-31T14:02:11.250417114Z',
          updates: [{ Path: 'system/hostname', values: { 'system/hostname': 'leaf 1' } }],
        },
      ])
    })

    it('flat', async () => {
      const { stdout } = await get('--path', '/', '-o', 'flat')
      const at = 'openconfig:/interfaces/interface[name=eth0]'
      expect(lines(stdout)).to.deep.equal([
        `${at}/state/counters/in-octets: 18446744073709551615`,
        `${at}/config/mtu: 1500`,
        `${at}/config/enabled: true`,
        `${at}/config/in: 9223372036854775807`,
        '/system/hostname: leaf 1',
      ])
    })

    it('a table', async () => {
      const { stdout } = await get('--path', '/', '-o', 'table', '--utc')
      const [head, first = '', ...rest] = lines(stdout)
      expect(head).to.match(/^TIME +TARGET +PATH +VALUE$/)
      expect(first).to.match(
        /^2026-03-31 14:02:11\.250Z +127\.0\.0\.1:\d+ +openconfig:\/interfaces\/interface\[name=eth0\]\/state\S+ +18446744073709551615$/,
      )
      expect(rest).to.have.length(4)
      const many = (n: number) => ({ update: [{ path: { elem: [{ name: 'a', key: { n: String(n) } }] }, val: { uint_val: String(n) } }] })
      target.answers.Get = { notification: Array.from({ length: 2_500 }, (_, n) => many(n)) }
      const rows = lines((await get('--path', '/', '-o', 'table')).stdout)
      expect(rows.map((row) => row.split(/ +/).slice(2))).to.deep.equal([
        ['PATH', 'VALUE'],
        ...Array.from({ length: 2_500 }, (_, n) => [`/a[n=${n}]`, String(n)]),
      ])
      target.answers.Get = {}
      expect(await get('--path', '/', '-o', 'table')).to.include({ stdout: '', stderr: '', code: 0 })
    })

    it('one document, with the same digits', async () => {
      const { stdout } = await get('--path', '/', '--json')
      const { targets } = JSON.parse(stdout)
      expect(Object.keys(JSON.parse(stdout))).to.deep.equal(['targets'])
      expect(targets[0].source).to.equal(target.address)
      expect(targets[0].notifications.map(({ timestamp }: { timestamp: string }) => timestamp)).to.deep.equal([
        '1774965731250417113',
        '1774965731250417114',
      ])
      expect(stdout).to.contain('"18446744073709551615"')
      target.answers.Get = {}
      expect(JSON.parse((await get('--path', '/', '--json')).stdout)).to.deep.equal({
        targets: [{ source: target.address, notifications: [] }],
      })
    })
  })

  describe('asks', () => {
    it('statement 51: for all, config, state or operational data', async () => {
      for (const [i, type] of ['all', 'config', 'state', 'operational'].entries()) {
        await get('--path', '/a', '--type', type, '-e', 'json')
        expect(await asked(i + 1)).to.deep.include({ type: type.toUpperCase(), encoding: 'JSON' })
      }
    })

    it('below a prefix, of a named device, to a depth', async () => {
      await get(
        '--prefix',
        'openconfig:/interfaces',
        '--path',
        'interface[name=eth0]',
        '--path',
        'openconfig:/x',
        '--target',
        'leaf1',
        '--depth',
        '2',
      )
      const { prefix, path, extension } = await asked()
      expect(prefix).to.deep.equal({ target: 'leaf1', origin: 'openconfig', elem: elem('interfaces') })
      expect(path).to.deep.equal([{ elem: [{ name: 'interface', key: { name: 'eth0' } }] }, { elem: elem('x') }])
      expect(extension?.map(({ depth }) => depth)).to.deep.equal([{ level: 2 }])
    })

    const AUTO: ReadonlyArray<readonly [supported: object[] | string[], encoding: string | number]> = [
      [['JSON', 'BYTES', 'PROTO', 'ASCII', 'JSON_IETF'], 'JSON_IETF'],
      [['PROTO', 'JSON'], 'JSON'],
      [['ASCII', 'PROTO'], 'PROTO'],
      [['ASCII'], 'ASCII'],
      [[], 'JSON'],
    ]
    for (const [supported, encoding] of AUTO) {
      it(`statement 19: in ${encoding} of ${supported.join(', ') || 'nothing'}`, async () => {
        target.answers.Capabilities = { ...CAPABILITIES, supported_encodings: supported }
        expect((await get('--path', '/a')).code).to.equal(0)
        expect((await asked()).encoding).to.equal(encoding)
      })
    }

    it('statement 19: in JSON where there are no Capabilities', async () => {
      for (const [i, details] of ['', 'The server does not implement the method /gnmi.gNMI/Capabilities'].entries()) {
        target.answers.Capabilities = new Refusal(UNIMPLEMENTED, details)
        expect((await get('--path', '/a', '--model', 'a')).code).to.equal(0)
        expect(await asked(i + 1)).to.deep.include({ encoding: 'JSON', use_models: [{ name: 'a' }] })
      }
    })

    it('in the encoding that was asked for, without a question', async () => {
      for (const [i, [given, sent]] of (
        [
          ['json-ietf', 'JSON_IETF'],
          ['PROTO', 'PROTO'],
          ['42', 42],
          ['0', 'JSON'],
        ] as const
      ).entries()) {
        expect((await get('--path', '/a', '-e', given)).code).to.equal(0)
        expect((await asked(i + 1)).encoding).to.equal(sent)
      }
      expect(target.requests.every(({ method }) => method === 'Get')).to.equal(true)
      const { stderr, code } = await get('--path', '/a', '-e', 'jsn')
      expect(code).to.equal(2)
      expect(stderr).to.contain('there is no encoding "jsn"').and.contain('Try: --encoding json')
    })

    it('of models as the target calls them', async () => {
      await get('--path', '/a', '--model', 'openconfig-system')
      expect((await asked()).use_models).to.deep.equal([CAPABILITIES.supported_models[1]])
      const { stderr, code } = await get('--path', '/a', '--model', 'openconfig-sistem')
      expect(code).to.equal(1)
      expect(stderr).to.contain('the target has no model "openconfig-sistem"').and.contain('Try: --model openconfig-system')
    })
  })

  describe('says', () => {
    it('where a path cannot be read', async () => {
      const { stderr, code } = await get('--path', '/interfaces/interface[name')
      expect(code).to.equal(2)
      expect(stderr).to.contain('"=" is missing (SHITOPS_E_USAGE)\n  /interfaces/interface[name\n                            ^\n')
      expect(target.connections.accepted).to.equal(0)
    })

    it('statement 42: that a path is not there', async () => {
      target.answers.Get = new Refusal(NOT_FOUND, 'no such path')
      const { stdout, code } = await get('--path', '/a', '--json')
      expect(code).to.equal(1)
      expect(JSON.parse(stdout).error).to.include({ code: 'SHITOPS_E_GNMI_REFUSED', exit: 1 })
      expect(JSON.parse(stdout).error.message).to.contain('NOT_FOUND: no such path')
    })

    it('statement 19: which encoding was refused', async () => {
      target.answers.Get = new Refusal(UNIMPLEMENTED, 'unsupported encoding')
      const { stderr, code } = await get('--path', '/a', '-e', 'ascii')
      expect(code).to.equal(1)
      expect(stderr).to.contain('UNIMPLEMENTED: unsupported encoding (encoding ascii)')
    })

    it('what a target said beside its answer (deprecated error), and prints the answer', async () => {
      target.answers.Get = { ...ANSWER, error: { code: 2, message: 'half of it' } }
      const { stdout, stderr, code } = await get('--path', '/a')
      expect(code).to.equal(1)
      expect(lines(stdout)).to.have.length(3)
      expect(stderr).to.contain('the target says: half of it (code 2) (SHITOPS_E_GNMI_TARGET)')
    })

    it('what could not be read, and prints the rest', async () => {
      const good = Buffer.from([0x0a, 0x02, 0x08, 0x05])
      const bad = Buffer.from([0x0a, 0x02, 0x22, 0x7f])
      target.answers.Get = Buffer.concat([good, bad, good])
      const { stdout, stderr, code } = await get('--path', '/a', '-o', 'json')
      expect(code).to.equal(69)
      expect(lines(stdout)).to.have.length(2)
      expect(stderr).to.contain('notification 2 of the answer is malformed').and.contain('SHITOPS_E_GNMI_NOT_GNMI')
      target.answers.Get = Buffer.from([0x0a, 0x7f, 0x00])
      expect((await get('--path', '/a')).stderr).to.contain('the answer is no GetResponse')
    })

    it('which values are not what their type says', async () => {
      target.answers.Get = { notification: [{ update: [{ path: { elem: elem('a') }, val: { json_val: Buffer.from('{"b":') } }] }] }
      const { stdout, stderr, code } = await get('--path', '/a', '-o', 'flat')
      expect([code, stdout]).to.deep.equal([0, '/a: "{\\"b\\":"\n'])
      expect(stderr).to.contain('/a: a JSON value that is not JSON; kept as text')
    })
  })

  it('asks several targets, and a failing one hides no other', async () => {
    const [hung, last] = [await ScriptedTarget.listen(), await ScriptedTarget.listen()]
    try {
      hung.answers.Get = HANG
      last.answers.Get = ANSWER
      const args = ['-a', hung.address, '-a', last.address, '--path', '/a', '--timeout', '1s']
      const ask = async (...more: string[]): Promise<CliResult> => {
        const result = await get(...args, ...more)
        // Those that answer may be late as well, on a busy machine; then they are asked again.
        const isLate = [target, last].some(({ address }) => (result.stdout + result.stderr).includes(`${address}: no `))
        return isLate ? ask(...more) : result
      }
      const { stdout, stderr, code } = await ask('-o', 'flat')
      expect(code).to.equal(75)
      expect(lines(stdout).map((line) => line.replace(/ .*/, ''))).to.deep.equal(
        [target.address, last.address].flatMap((address) => Array(5).fill(`[${address}]`)),
      )
      expect(stderr).to.contain(`${hung.address}: no answer in time (SHITOPS_E_GNMI_TIMEOUT)`)
      const document = JSON.parse((await ask('--json')).stdout)
      expect(
        document.targets.map(({ source, error }: { source: string; error?: { code: string } }) => [source, error?.code]),
      ).to.deep.equal([
        [target.address, undefined],
        [hung.address, 'SHITOPS_E_GNMI_TIMEOUT'],
        [last.address, undefined],
      ])
      expect(document.targets[1].notifications).to.equal(undefined)
      expect(document.error).to.include({ code: 'SHITOPS_E_GNMI_TIMEOUT', exit: 75 })
    } finally {
      await hung.close()
      await last.close()
    }
  })

  describe('ends at once when it is interrupted', () => {
    const interrupt = async (when: () => Promise<unknown>) => {
      const args = ['gnmi', 'get', '-a', target.address, '--insecure', '--path', '/a', '-e', 'json', '--timeout', '5m']
      const live = new LiveCli(args, home())
      try {
        await when()
        expect(await live.signal('SIGINT')).to.equal(130)
        expect(live.stdout).to.equal('')
        expect(live.stderr).to.not.contain('Error')
      } finally {
        await live.signal('SIGKILL')
      }
    }

    it('before there is a connection', async () => {
      target.onConnection = () => {}
      await interrupt(() => target.connected())
    })

    it('before there is an answer', async () => {
      target.answers.Get = HANG
      await interrupt(() => target.request(1, 'Get'))
      await target.until('the call given up', () => target.cancelledCalls === 1)
    })
  })

  it('statements 48 and 51: takes an answer of 60 MB, and no larger one than it may', async function () {
    this.timeout(120_000)
    const text = 'x'.repeat(1 << 20)
    const update = (i: number) => ({
      path: { elem: [{ name: 'a', key: { i: String(i) } }] },
      val: { json_ietf_val: Buffer.from(`"${text}"`) },
    })
    target.answers.Get = {
      notification: Array.from({ length: 6 }, (_, n) => ({ update: Array.from({ length: 10 }, (__, i) => update(n * 10 + i)) })),
    }
    const { stdout, stderr, code } = await get('--path', '/a', '-o', 'flat')
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(lines(stdout).map((line) => [/^\/a\[i=(\d+)\]: x+$/.exec(line)?.[1], line.length])).to.deep.equal(
      Array.from({ length: 60 }, (_, i) => [String(i), text.length + `/a[i=${i}]: `.length]),
    )
    const small = await get('--path', '/a', '--max-message-size', '32MiB', '--json')
    expect(small.code).to.equal(1)
    expect(JSON.parse(small.stdout).error).to.include({ code: 'SHITOPS_E_GNMI_TOO_LARGE' })
  })
})
