import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { systemClock } from '../../../src/base/clock.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { type GnmiTargets, type GnmiTargetsOptions, gnmiTargets } from '../../../src/cli/gnmi/configured-targets.ts'
import type { GnmiTarget } from '../../../src/collectors/gnmi/config.ts'
import { gnmiSettings } from '../../../src/config/gnmi/settings.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { type LibrenmsDevice, toRecord } from '../../../src/events/index.ts'
import { ScriptedTarget } from '../../../src/office/gnmi/scripted/index.ts'
import { MemoryLogger } from '../../collectors/compliance.ts'
import { collecting, stopAll } from '../../collectors/gnmi/support/collecting.ts'
import { until } from '../../collectors/gnmi/support/until.ts'
import { makeGnmiTls, missingForTls } from '../../support/gnmi-tls.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { thrownBy } from '../../support/thrown-by.ts'

const SUBSCRIPTIONS = "  subscriptions: [{name: counters, paths: ['/interfaces']}]\n"

describe('the targets of the configuration', () => {
  const dir = useTempDir()
  let stop: AbortController
  let logger: MemoryLogger
  let bus: Bus | undefined
  let following: Promise<void> | undefined
  let latest: readonly GnmiTarget[]

  beforeEach(() => {
    stop = new AbortController()
    logger = new MemoryLogger()
    bus = undefined
    following = undefined
  })
  afterEach(async () => {
    stop.abort()
    await following
    await bus?.close()
  })

  const at = (name: string) => join(dir(), name)
  /** A file that is whole from its first moment. */
  const put = async (name: string, text: string, mode = 0o600) => {
    await writeFile(at(`.${name}`), text)
    await chmod(at(`.${name}`), mode)
    await rename(at(`.${name}`), at(name))
  }

  /** The targets of a shitops.yaml, followed. */
  async function start(text: string, more: Partial<GnmiTargetsOptions> = {}, follow = true): Promise<GnmiTargets> {
    await mkdir(at('etc'), { recursive: true })
    await put('shitops.yaml', `gnmi:\n${text}`)
    const { entries } = await loadConfig({ cwd: dir(), etc: at('etc'), env: { HOME: dir() } })
    const pace = { interval: 10, settle: 20, retry: 20 }
    const targets = await gnmiTargets({ settings: gnmiSettings(entries, {}), env: {}, signal: stop.signal, logger, bus, pace, ...more })
    latest = targets.targets
    if (!follow) return targets
    following = (async () => {
      for await (const set of targets.changes ?? []) latest = set
    })()
    return targets
  }
  const names = () => latest.map(({ name }) => name).join(' ')
  const says = (part: string) => until(() => logger.lines.some((line) => line.includes(part)))

  it('are whole: addresses, TLS, credentials, subscriptions; and nothing follows where nothing can change', async () => {
    const { targets, changes } = await start(
      `${SUBSCRIPTIONS}
  defaults: {port: 57400, username: ops, passwordEnv: PW, windowSize: 1MiB, keepalive: 30s, tlsServerName: x}
  targets:
    - {name: a, address: [10.0.0.1, 10.0.0.2], maxMessageSize: 1048576, connectTimeout: 3s}
    - {name: b, address: 'b:1', insecure: true}
`,
      { env: { PW: 'hunter2' } },
    )
    expect(changes).to.equal(undefined)
    const credentials = { username: 'ops', password: 'hunter2' }
    expect(targets.map(({ name, connection }) => ({ name, ...connection }))).to.deep.equal([
      {
        ...{ name: 'a', addresses: ['10.0.0.1:57400', '10.0.0.2:57400'], tls: { serverName: 'x' }, credentials },
        ...{ connectTimeout: 3_000, maxMessageBytes: 1_048_576, windowBytes: 1 << 20, keepalive: 30_000 },
      },
      {
        ...{ name: 'b', addresses: ['b:1'], credentials },
        ...{ connectTimeout: 10_000, maxMessageBytes: 64 << 20, windowBytes: 1 << 20, keepalive: 30_000 },
      },
    ])
    expect(targets[0]?.subscriptions.map(({ name }) => name)).to.deep.equal(['counters'])
    expect(logger.lines).to.deep.equal(['b is insecure: the password crosses the network in plaintext'])
  })

  it('do not take credentials from the variables of the flags', async () => {
    const env = { SHITOPS_GNMI_PASSWORD: 'hunter2', SHITOPS_GNMI_TOKEN: 'hunter2' }
    const { targets } = await start(`${SUBSCRIPTIONS}  targets: [{address: a, username: u}]\n`, { env })
    expect(targets[0]?.connection.credentials).to.deep.equal({ username: 'u' })
  })

  it('are refused at the start where a secret or certificate cannot be used', async function () {
    if (process.platform === 'win32') this.skip()
    await put('pw', 'hunter2\n', 0o644)
    await put('not-a-ca', 'hunter2')
    for (const [how, code, message] of [
      ['username: u, passwordFile: pw', 'SHITOPS_E_SECRET_MODE', /pw holds secrets, but others/],
      ['username: u, passwordFile: gone', 'SHITOPS_E_FILE', /gone cannot be read/],
      ['tlsCaFile: not-a-ca', 'SHITOPS_E_FILE', /not-a-ca is no certificate/],
      ['tokenEnv: NOT_SET', 'SHITOPS_E_CONFIG', /^tokenEnv of a names a variable that is not set$/],
    ] as const) {
      const error = await thrownBy(() => start(`${SUBSCRIPTIONS}  targets: [{address: a, ${how}}]\n`))
      expect(error.code, how).to.equal(code)
      expect(error.message).to.match(message).and.not.include('hunter2')
    }
  })

  it('need a subscription, from the settings or from who asks', async () => {
    const error = await thrownBy(() => start('  targets: [{address: a}]\n'))
    expect(error).to.include({ code: 'SHITOPS_E_CONFIG' })
    const asked = [
      { name: 'default', mode: 'stream' as const, encoding: 'auto' as const, groups: [{ paths: ['/'], mode: 'sample' as const }] },
    ]
    expect((await start('  targets: [{address: a}]\n', { asked })).targets[0]?.subscriptions).to.equal(asked)
  })

  it('begin anew with a renewed password or certificate, and only those that use it', async function () {
    const missing = missingForTls()
    if (missing) this.skip()
    const { ca, strangerCa } = await makeGnmiTls(dir())
    await put('pw', 'one')
    await put('my-ca', ca)
    await start(`${SUBSCRIPTIONS}
  targets:
    - {name: a, address: a, username: u, passwordFile: pw}
    - {name: b, address: b, tlsCaFile: my-ca}
    - {name: c, address: c}
`)
    const [a, b, c] = latest
    expect(a?.connection.credentials?.password).to.equal('one')
    await put('pw', 'two')
    await until(() => latest[0]?.connection.credentials?.password === 'two')
    expect(latest.slice(1)).to.deep.equal([b, c])
    await put('my-ca', strangerCa)
    await until(() => latest[1]?.connection.tls?.ca === strangerCa)
    // What cannot be read changes nothing, is told, and counts when it can.
    await put('pw', 'three', 0o644)
    await says('holds secrets, but others than its owner may open it (mode 0644); a stays as before')
    expect(latest[0]?.connection.credentials?.password).to.equal('two')
    await rm(at('pw'))
    await says('; a stays as before')
    await put('pw', 'four')
    await until(() => latest[0]?.connection.credentials?.password === 'four')
    expect(JSON.stringify(logger.lines)).to.not.match(/one|two|three|four/)
  })

  it('leave a run that ends by itself alone', async () => {
    await put('pw', 'one')
    const text = (mode: string) =>
      `  subscriptions: [{name: s, paths: [/], ${mode}}]\n  targets: [{address: a, username: u, passwordFile: pw}]\n`
    expect((await start(text('mode: once'))).changes).to.equal(undefined)
    expect((await start(text('mode: poll, polls: 3'))).changes).to.equal(undefined)
    expect((await start(text('mode: poll'))).changes).to.not.equal(undefined)
  })

  describe('of a file that is watched', () => {
    const OWN = `${SUBSCRIPTIONS}  targetsFile: targets.yaml\n  targets: [{name: own, address: own}]\n`

    it('come and go and change with it; what is not valid leaves them as they are and is told with its place', async () => {
      await put('targets.yaml', 'targets: [{name: a, address: a}, {name: b, address: b}]')
      await start(OWN)
      expect(names()).to.equal('own a b')
      await put('targets.yaml', 'targets: [{name: b, address: b}, {name: c, address: c, site: hq}]')
      await until(() => names() === 'own b c')
      expect(latest[2]).to.include({ site: 'hq' })

      await put('targets.yaml', 'targets:\n  - nmae: d\n    address: d\n')
      await says('targets.yaml:2:5: targets[0].nmae is not a setting; did you mean targets[0].name?')
      await put('targets.yaml', 'targets:\n  - address: d\n    subscriptions: [cuonters]\n')
      await says('targets.yaml:3:21: targets[0].subscriptions[0] names no subscription; did you mean counters?')
      await put('targets.yaml', '# cut off\n')
      await says('targets.yaml:1:1: says nothing; write targets: [] if there are none')
      await put('targets.yaml', 'targets: [{address: "d", password: hunter2}]')
      await says('targets[0].password would be a secret')
      await rm(at('targets.yaml'))
      await says('targets.yaml is gone')
      expect(names()).to.equal('own b c')

      await put(
        'targets.yaml',
        'subscriptions: [{name: more, paths: [/system]}]\ntargets: [{name: own, address: x}, {name: e, address: e}]',
      )
      await until(() => names() === 'own e')
      expect(latest[0]?.connection.addresses).to.deep.equal(['own'])
      expect(latest[1]?.subscriptions.map(({ name }) => name)).to.deep.equal(['counters', 'more'])
      await says(`own is a target of shitops.yaml; the one of that name from ${at('targets.yaml')} is left out`)
      await put('targets.yaml', 'targets: []')
      await until(() => names() === 'own')
      expect(JSON.stringify(logger.lines)).to.not.include('hunter2')
    })

    it('wait for their secrets, which are read again with it', async () => {
      await put('targets.yaml', 'targets: [{name: a, address: a}]')
      await start(OWN)
      await put('targets.yaml', 'targets: [{name: a, address: a}, {name: b, address: b, username: u, passwordFile: pw}]')
      await says(`${at('pw')} cannot be read`)
      expect(names()).to.equal('own a')
      await put('pw', 'one')
      await until(() => names() === 'own a b')
    })

    it('must be there and valid at the start', async () => {
      expect((await thrownBy(() => start(OWN))).message).to.match(/targets\.yaml:1:1: cannot be read: ENOENT/)
      await put('targets.yaml', 'targets: [{address: a, tokenEnv: T, insecure: true}]')
      const error = await thrownBy(() => start(OWN))
      expect(error).to.include({ code: 'SHITOPS_E_CONFIG', exit: 78 })
      expect(error.message).to.match(/targets\.yaml:1:34: targets\[0\]\.tokenEnv is sent over TLS only/)
    })
  })

  it('are begun, left alone, changed and left by the collector, as the file says', async () => {
    const devices = await Promise.all([1, 2].map(() => ScriptedTarget.listen({ strict: true })))
    const [one, two] = devices.map(({ address }) => address)
    try {
      await put('targets.yaml', `targets: [{name: a, address: '${one}', insecure: true}]`)
      const { targets, changes } = await start(`${SUBSCRIPTIONS}  defaults: {encoding: proto}\n  targetsFile: targets.yaml\n`, {}, false)
      const { until: comes, facts } = collecting(targets, { ...(changes && { changes }), clock: systemClock })
      const told = () => facts().map(({ target, kind }) => `${target} ${kind}`)
      await (await devices[0]?.subscribed(1))?.sync()
      await comes('a', () => told().includes('a synced'))

      await put('targets.yaml', `targets: [{name: a, address: '${one}', insecure: true}, {name: b, address: '${two}', insecure: true}]`)
      await (await devices[1]?.subscribed(1))?.sync()
      await comes('b', () => told().includes('b synced'))

      await put('targets.yaml', `targets: [{name: b, address: '${two}', insecure: true, prefixTarget: b}]`)
      const again = await devices[1]?.subscribed(2)
      await again?.sync()
      await comes('the end of a, and b anew', () => told().includes('a lost') && told().filter((fact) => fact === 'b synced').length === 2)
      expect(told().filter((fact) => fact.startsWith('a'))).to.deep.equal(['a connected', 'a synced', 'a lost'])
      expect(told().filter((fact) => fact.startsWith('b'))).to.deep.equal([
        ...['b connected', 'b synced', 'b lost'],
        ...['b connected', 'b synced'],
      ])
    } finally {
      await stopAll()
      for (const device of devices) await device.close()
    }
  })

  describe('of LibreNMS', () => {
    const device = (id: number, more: Partial<LibrenmsDevice> = {}) =>
      toRecord(
        'librenms_devices',
        { event_time: '2026-03-31T14:05:02.000Z', device_id: id, hostname: `10.0.0.${id}`, up: true, os: 'eos', ...more },
        { source: '/test' },
      )
    const RULES = `${SUBSCRIPTIONS}  librenms: {rules: [{os: eos, port: 6030}]}\n`

    it('follow what is on the bus', async () => {
      bus = await openBus(`embedded:${dir()}/bus`)
      await createMissing(bus, ['librenms_devices'])
      await bus.append('librenms_devices', [device(1, { sys_name: 'a' }), device(2, { sys_name: 'b' }), device(3, { os: 'ping' })])
      await start(RULES)
      expect(latest.map(({ name, connection }) => [name, ...connection.addresses])).to.deep.equal([
        ['a', '10.0.0.1:6030'],
        ['b', '10.0.0.2:6030'],
      ])
      await bus.append('librenms_devices', [device(3), device(2, { sys_name: 'b', disabled: true })])
      await until(() => names() === 'a 10.0.0.3')
      await bus.append('librenms_devices', [{ ...device(1), value: null }])
      await until(() => names() === '10.0.0.3')
    })

    it('stay undisturbed by news that change nothing about them', async () => {
      bus = await openBus(`embedded:${dir()}/bus`)
      await createMissing(bus, ['librenms_devices'])
      await bus.append('librenms_devices', [device(1)])
      const { changes } = await start(RULES)
      await bus.append('librenms_devices', [device(1, { uptime_s: 5 })])
      const before = latest
      await bus.append('librenms_devices', [device(2)])
      await until(() => latest.length === 2)
      expect(latest[0]).to.deep.equal(before[0])
      expect(changes).to.not.equal(undefined)
    })

    it('are asked for from when a file wants them, below those of the file', async () => {
      bus = await openBus(`embedded:${dir()}/bus`)
      await put('targets.yaml', 'targets: [{name: a, address: 10.0.0.1:6030}]')
      await start(`${SUBSCRIPTIONS}  targetsFile: targets.yaml\n`)
      expect(logger.lines.join()).to.not.include('librenms_devices')
      await put('targets.yaml', 'targets: [{name: a, address: 10.0.0.1:6030}]\nlibrenms: {rules: [{port: 6030}]}')
      await says('there is no topic librenms_devices yet')
      await createMissing(bus, ['librenms_devices'])
      await bus.append('librenms_devices', [device(1), device(2)])
      await until(() => names() === 'a 10.0.0.2')
      await says('10.0.0.1 from LibreNMS has an address of a from')
    })

    it('need a bus', async () => {
      expect(await thrownBy(() => start(RULES))).to.include({ code: 'SHITOPS_E_USAGE' })
      await put('targets.yaml', 'targets: [{address: a}]')
      await start(`${SUBSCRIPTIONS}  targetsFile: targets.yaml\n`)
      await put('targets.yaml', 'librenms: {rules: [{os: eos}]}')
      await says('gnmi.librenms.rules takes devices from the bus, and this run has none')
      expect(names()).to.equal('a')
    })
  })
})
