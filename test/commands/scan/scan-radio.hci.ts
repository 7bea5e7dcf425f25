import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCli } from '../../support/cli.ts'
import { manufacturerAd } from '../../support/hci/encode.ts'
import { nobleMissing } from '../../support/hci/in-process.ts'
import { ADAPTER, compileShim, ShimRadio, shimMissing, WORKING } from '../../support/hci/shim-radio.ts'
import { LiveCli } from '../../support/live-cli.ts'

const STATUS = Buffer.from('4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4', 'hex')
/** Core Spec Vol 3 Part H App. D.7: this key makes this address. */
const IRK = 'ec0234a357c8ad05341010a60a397d9b'
const ADDRESS = '70:81:94:0D:FB:AA'

describe('scan on the radio of this machine, which is a shim of system calls (T3)', () => {
  let dir: string
  let shim: string
  let radio: ShimRadio
  let live: LiveCli | undefined

  before(async function () {
    const missing = nobleMissing() ?? shimMissing()
    if (missing) {
      console.log(`      skipped: ${missing}`)
      this.skip()
    }
    dir = await mkdtemp(join(tmpdir(), 'shitops-scan-'))
    shim = compileShim(dir)
  })

  after(() => dir && rm(dir, { recursive: true, force: true }))

  beforeEach(async () => {
    radio = await ShimRadio.start(dir)
  })

  afterEach(async () => {
    await live?.signal('SIGKILL')
    live = undefined
    await radio.stop()
  })

  const scan = (...args: string[]) => {
    live = new LiveCli(['scan', '--receiver', 'room-2', ...args], dir, radio.env(shim))
    return live
  }

  it('tracks an enrolled headset, records what it heard, and ends the scan on Ctrl-C', async () => {
    const enrolment = join(dir, 'headsets.yaml')
    const keys = join(dir, 'keys')
    await writeFile(keys, `irk: ${IRK}\n`, { mode: 0o600 })
    const facts = ['--purpose', 'test', '--basis', 'consent', '--expires', '2099-01-01']
    const added = await runCli(['scan', 'enrol', 'add', 'anna', '--from', keys, '--enrolment', enrolment, ...facts])
    expect(added.code, added.stderr).to.equal(0)

    const recording = join(dir, 'scan.jsonl')
    const cli = scan('--enrolment', enrolment, '--record', recording, '--no-publish', '--output', 'ndjson')
    const hear = () => radio.controller.hear({ address: ADDRESS, data: manufacturerAd(STATUS), rssi: -50 })
    await cli.until(({ stdout }) => stdout.includes('"kind":"arrived"'), hear)
    expect(await cli.signal('SIGINT')).to.equal(130)
    expect(radio.controller.scanning).to.equal(false)

    const record = JSON.parse(cli.stdout.split('\n')[0] ?? '') as { topic: string; value: Record<string, unknown> }
    expect(record.topic).to.equal('device_presence')
    expect(record.value).to.include({ kind: 'arrived', person: 'anna', model_id: '0e20', receiver: 'room-2' })
    const written = await readFile(recording, 'utf8')
    expect(written).to.include(STATUS.toString('hex'))
    expect(`${written}${cli.stdout}${cli.stderr}`).to.not.match(/70.?81.?94.?0D.?FB.?AA/i)
  })

  it('lets go of the radio when something else is missing', async () => {
    const cli = scan('--bus', 'kafka://127.0.0.1:1')
    expect(await cli.exited).to.equal(69)
    expect(cli.stderr).to.include('SHITOPS_E_BUS_UNAVAILABLE')
    expect(radio.controller.commands).to.not.deep.equal([])
    expect(radio.controller.scanning).to.equal(false)
  })

  it('says what it cannot do without', async () => {
    radio.adapter = 0
    const cli = scan('--no-publish')
    expect(await cli.exited).to.equal(69)
    expect(cli.stderr).to.include('there is no such Bluetooth adapter (SHITOPS_E_NO_RADIO)')
  })

  it('doctor tells of the adapter', async () => {
    const told = async () => {
      const { stdout } = await runCli(['doctor', '--json'], { env: radio.env(shim) })
      const { checks } = JSON.parse(stdout) as { checks: Array<{ name: string; status: string; detail: string }> }
      const { status, detail } = checks.find(({ name }) => name === 'radio') ?? {}
      return { status, detail }
    }
    if (process.getuid?.() === 0) {
      expect(await told()).to.deep.equal({ status: 'ok', detail: 'adapter hci0 is on, and this user may scan with it' })
    }
    radio.adapter = WORKING & ~ADAPTER.up
    expect(await told()).to.deep.equal({ status: 'warning', detail: 'the Bluetooth adapter is off' })
  })
})
