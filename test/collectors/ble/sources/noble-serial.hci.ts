import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Advertisement } from '../../../../src/collectors/ble/advertisement.ts'
import { openNoble } from '../../../../src/collectors/ble/sources/noble/noble-source.ts'
import { sourceContext, type TestContext } from '../../../support/ble-source.ts'
import { manufacturerAd } from '../../../support/hci/encode.ts'
import { nobleMissing, nobleUpon } from '../../../support/hci/in-process.ts'
import { ptyMissing, SerialRadio } from '../../../support/hci/serial-radio.ts'
import { waitFor } from '../../../support/kafka/wait-for.ts'

const require = createRequire(import.meta.url)
const STATUS = Buffer.from('4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4', 'hex')
const PORT = 'BLUETOOTH_HCI_SOCKET_UART_PORT'

describe('the noble source over a serial line, H4 on a pseudo-terminal (T2b)', () => {
  let radio: SerialRadio
  let noble: ReturnType<typeof nobleUpon>
  let context: TestContext

  before(function () {
    const missing = nobleMissing() ?? ptyMissing()
    if (missing) {
      console.log(`      skipped: ${missing}`)
      this.skip()
    }
  })

  beforeEach(async () => {
    radio = await SerialRadio.start()
    process.env[PORT] = radio.path
    noble = nobleUpon(require('@stoprocent/bluetooth-hci-socket').loadDriver('uart'))
    context = sourceContext()
  })

  afterEach(async () => {
    context.abort()
    noble.restore()
    delete process.env[PORT]
    await radio.stop()
  })

  for (const commands of ['legacy', 'extended'] as const) {
    it(`hears ${commands} reports in order, and ends the scan`, async () => {
      radio.controller.refusesLegacy = commands === 'extended'
      const all: Advertisement[] = []
      const source = await openNoble(context, {}, noble.load)
      const done = (async () => {
        for await (const batch of source) all.push(...batch)
      })()
      expect(radio.controller.scanning).to.equal(commands)
      const addresses = Array.from({ length: 200 }, (_, i) => `5A:16:2B:91:D1:${i.toString(16).padStart(2, '0').toUpperCase()}`)
      for (const address of addresses) radio.controller.hear({ address, data: manufacturerAd(STATUS), rssi: -55 })
      await waitFor('all advertisements', () => all.length === addresses.length)
      expect(all.map(({ address }) => address)).to.deep.equal(addresses)
      expect(all.every(({ manufacturerData, rssi }) => manufacturerData.equals(STATUS) && rssi === -55)).to.equal(true)
      context.abort()
      await done
      await waitFor('the scan to end', () => radio.controller.scanning === false)
    })
  }
})
