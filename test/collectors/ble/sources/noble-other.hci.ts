import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Peripheral } from '../../../../src/collectors/ble/sources/noble/noble-api.ts'
import { openNoble } from '../../../../src/collectors/ble/sources/noble/noble-source.ts'
import { sourceContext } from '../../../support/ble-source.ts'
import { manufacturerAd, type Report } from '../../../support/hci/encode.ts'
import { nobleMissing, nobleUpon } from '../../../support/hci/in-process.ts'
import { ptyMissing, SerialRadio } from '../../../support/hci/serial-radio.ts'
import { waitFor } from '../../../support/kafka/wait-for.ts'

const require = createRequire(import.meta.url)
const PORT = 'BLUETOOTH_HCI_SOCKET_UART_PORT'
const BAUD_RATE = 1_000_000

/** What both must hear alike: frames of all kinds of senders, near and far, the same one again, two of one sender in a row. */
const REPORTS: readonly Report[] = Array.from({ length: 120 }, (_, i) => ({
  address: `${i % 3 === 0 ? '5A' : '7C'}:16:2B:91:D1:${(i % 40).toString(16).padStart(2, '0').toUpperCase()}`,
  addressType: i % 3 === 0 ? 1 : 0,
  eventType: [0, 2, 3][i % 3] ?? 0,
  rssi: -30 - (i % 60),
  data: manufacturerAd(Buffer.from(`4c000719010e20${(i + 16).toString(16)}aab5310000e00ca78a604bd37df4604f2c73e9a7f4`, 'hex')),
}))

/** As much of @stoprocent/noble as is used: it is installed by hand, because its install needs a compiler. */
interface OtherNoble extends EventEmitter {
  waitForPoweredOnAsync(): Promise<void>
  startScanningAsync(services: string[], duplicates: boolean): Promise<void>
  stopScanningAsync(): Promise<void>
  stop(): void
}
type WithBindings = (kind: 'hci', options: { hciDriver: 'uart'; bindParams: { uart: { port: string; baudRate: number } } }) => OtherNoble

interface Heard {
  address: string
  addressType: string
  rssi: number | null
  data: string
}

/** Why @stoprocent/noble cannot be had here, or undefined. */
function otherMissing(): string | undefined {
  try {
    require.resolve('@stoprocent/noble')
    return undefined
  } catch {
    return '@stoprocent/noble is not installed (npm install --no-save --ignore-scripts @stoprocent/noble@2.8.0)'
  }
}

/** What @stoprocent/noble tells its caller, as it is. */
async function heardByOther(radio: SerialRadio): Promise<Heard[]> {
  process.env.NOBLE_REPORT_ALL_HCI_EVENTS = '1'
  const { withBindings } = require('@stoprocent/noble') as { withBindings: WithBindings }
  const noble = withBindings('hci', { hciDriver: 'uart', bindParams: { uart: { port: radio.path, baudRate: BAUD_RATE } } })
  const heard: Heard[] = []
  noble.on('discover', ({ address, addressType, rssi, advertisement }: Peripheral) => {
    heard.push({ address: address.toUpperCase(), addressType, rssi, data: advertisement.manufacturerData?.toString('hex') ?? '' })
  })
  try {
    await noble.waitForPoweredOnAsync()
    await noble.startScanningAsync([], true)
    await say(radio, () => heard.length)
    await noble.stopScanningAsync()
    return heard
  } finally {
    noble.stop()
  }
}

/** What our source, upon @abandonware/noble, tells. */
async function heardByUs(radio: SerialRadio): Promise<Heard[]> {
  process.env[PORT] = radio.path
  const noble = nobleUpon(require('@stoprocent/bluetooth-hci-socket').loadDriver('uart'))
  const context = sourceContext()
  const heard: Heard[] = []
  try {
    const source = await openNoble(context, {}, noble.load)
    const done = (async () => {
      for await (const batch of source)
        for (const { address, addressType, rssi, manufacturerData } of batch)
          heard.push({ address, addressType, rssi, data: manufacturerData.toString('hex') })
    })()
    await say(radio, () => heard.length)
    context.abort()
    await done
    return heard
  } finally {
    context.abort()
    noble.restore()
    delete process.env[PORT]
  }
}

async function say(radio: SerialRadio, heard: () => number): Promise<void> {
  await waitFor('the scan to begin', () => radio.controller.scanning !== false)
  for (const report of REPORTS) radio.controller.hear(report)
  await waitFor('all advertisements', () => heard() >= REPORTS.length)
}

describe('another noble on the same serial line, @stoprocent/noble with its own driver (T2)', () => {
  before(function () {
    const missing = otherMissing() ?? nobleMissing() ?? ptyMissing()
    if (missing) {
      console.log(`      skipped: ${missing}`)
      this.skip()
    }
  })

  it('hears what our source hears, report by report', async () => {
    const heard: Heard[][] = []
    for (const listen of [heardByOther, heardByUs]) {
      const radio = await SerialRadio.start()
      try {
        heard.push(await listen(radio))
        await waitFor('the scan to end', () => radio.controller.scanning === false)
      } finally {
        await radio.stop()
      }
    }
    const said = REPORTS.map(({ address, addressType, rssi = null, data }) => ({
      ...{ address, addressType: addressType === 1 ? 'random' : 'public', rssi },
      data: data.subarray(2).toString('hex'),
    }))
    expect(heard[0]).to.deep.equal(said)
    expect(heard[1]).to.deep.equal(heard[0])
  })
})
