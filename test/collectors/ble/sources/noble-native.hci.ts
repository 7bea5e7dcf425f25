import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { manufacturerAd } from '../../../support/hci/encode.ts'
import { nobleMissing } from '../../../support/hci/in-process.ts'
import { ADAPTER, compileShim, ShimRadio, ShimScanner, shimMissing, WORKING } from '../../../support/hci/shim-radio.ts'
import { waitFor } from '../../../support/kafka/wait-for.ts'

const STATUS = '4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4'
const AD = manufacturerAd(Buffer.from(STATUS, 'hex'))

describe('the noble source with its native driver, upon an adapter made of system calls (T3)', () => {
  let dir: string
  let shim: string
  let radio: ShimRadio
  let scanner: ShimScanner

  before(async function () {
    const missing = nobleMissing() ?? shimMissing()
    if (missing) {
      console.log(`      skipped: ${missing}`)
      this.skip()
    }
    dir = await mkdtemp(join(tmpdir(), 'shitops-hci-'))
    shim = compileShim(dir)
  })

  after(() => dir && rm(dir, { recursive: true, force: true }))

  beforeEach(async () => {
    radio = await ShimRadio.start(dir)
  })

  afterEach(async () => {
    scanner?.kill('SIGKILL')
    await scanner?.ended
    await radio.stop()
  })

  const scan = () => {
    scanner = new ShimScanner(shim, radio)
  }
  const scans = () => waitFor('the scan to begin', () => radio.controller.scanning !== false)

  it('hears reports in order, and ends the scan on Ctrl-C', async () => {
    scan()
    await scans()
    for (let i = 0; i < 100; i++)
      radio.controller.hear({ address: `5A:16:2B:91:D1:${String(i).padStart(2, '0')}`, data: AD, rssi: -40 - (i % 50) })
    await waitFor('all advertisements', () => scanner.heard.length === 100)
    const [first] = scanner.heard
    expect(first).to.include({ address: '5A:16:2B:91:D1:00', addressType: 'random', rssi: -40, hex: STATUS, receiver: 'desk' })
    expect(scanner.heard.map(({ rssi }) => rssi)).to.deep.equal(Array.from({ length: 100 }, (_, i) => -40 - (i % 50)))
    scanner.kill('SIGINT')
    expect(await scanner.ended).to.equal(0)
    expect(radio.controller.scanning).to.equal(false)
  })

  it('uses the extended commands where the old ones are refused', async () => {
    radio.controller.refusesLegacy = true
    scan()
    await scans()
    radio.controller.hear({ address: '5A:16:2B:91:D1:CD', data: AD })
    await waitFor('an advertisement', () => scanner.heard.length === 1)
    expect(scanner.heard[0]).to.include({ hex: STATUS, rssi: -60 })
  })

  it('goes on after the adapter was off', async () => {
    scan()
    await scans()
    radio.adapter = WORKING & ~ADAPTER.up
    await waitFor('the loss to be noticed', () => scanner.stderr.includes('the Bluetooth adapter went off'))
    radio.adapter = WORKING
    await scans()
    radio.controller.hear({ address: '5A:16:2B:91:D1:CD', data: AD })
    await waitFor('an advertisement', () => scanner.heard.length === 1)
  })

  it('goes on after the adapter was pulled out and put back', async () => {
    scan()
    await scans()
    radio.adapter = 0
    await waitFor('an attempt that fails', () => scanner.stderr.includes('there is no such Bluetooth adapter'))
    radio.adapter = WORKING
    await scans()
    radio.controller.hear({ address: '5A:16:2B:91:D1:CD', data: AD })
    await waitFor('an advertisement', () => scanner.heard.length === 1)
  })

  it('says that there is no adapter, that it is off, or what right is missing', async () => {
    const found: Array<[code: number | null, message: string]> = []
    for (const adapter of [0, WORKING & ~ADAPTER.up, WORKING & ~ADAPTER.mayWrite]) {
      radio.adapter = adapter
      scan()
      const code = await scanner.ended
      const said = scanner.stderr.trim().split('\n').pop() ?? ''
      found.push([code, (JSON.parse(said) as { message: string }).message])
      expect(scanner.stdout).to.equal('')
    }
    expect(found).to.deep.equal([
      [69, 'there is no such Bluetooth adapter'],
      [69, 'the Bluetooth adapter is off'],
      [77, 'this user may not scan with the Bluetooth adapter'],
    ])
  })
})
