import { expect } from 'chai'
import type { Clock } from '../../../../src/base/clock.ts'
import type { Advertisement } from '../../../../src/collectors/ble/advertisement.ts'
import { openNoble } from '../../../../src/collectors/ble/sources/noble/noble-source.ts'
import { collect, sourceContext, type TestContext } from '../../../support/ble-source.ts'
import { advertisingReport, manufacturerAd } from '../../../support/hci/encode.ts'
import { fastClock } from '../../../support/hci/fast-clock.ts'
import { InProcessRadio, nobleMissing, nobleUpon } from '../../../support/hci/in-process.ts'
import { waitFor } from '../../../support/kafka/wait-for.ts'
import { thrownBy } from '../../../support/thrown-by.ts'

const STATUS = Buffer.from('4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4', 'hex')
const OTHER = Buffer.from('4c0010054b1c52787d', 'hex')
const ADDRESS = '5A:16:2B:91:D1:CD'

describe('the noble source, with noble and a controller in this process (T1)', () => {
  let radio: InProcessRadio
  let context: TestContext
  let noble: ReturnType<typeof nobleUpon>
  let listeners: string

  before(function () {
    const missing = nobleMissing()
    if (missing) {
      console.log(`      skipped: ${missing}`)
      this.skip()
    }
  })

  beforeEach(() => {
    radio = new InProcessRadio()
    noble = nobleUpon(radio.driver())
    listeners = processListeners()
    use(fastClock())
  })

  afterEach(() => {
    context.abort()
    noble.restore()
  })

  const use = (clock: Clock) => {
    context = sourceContext(clock)
  }
  const open = (options = {}) => openNoble(context, options, noble.load)

  /** Start reading; what has been heard is in `all` as it comes. */
  function reading(source: AsyncIterable<readonly Advertisement[]>): { all: Advertisement[]; done: Promise<void> } {
    const all: Advertisement[] = []
    const done = (async () => {
      for await (const batch of source) all.push(...batch)
    })()
    return { all, done }
  }

  it('hears a report, whole and with the time of its arrival', async () => {
    use({ ...fastClock(), now: () => 1_700_000_000_123 })
    const { all } = reading(await open())
    radio.controller.hear({ address: ADDRESS, data: manufacturerAd(STATUS), rssi: -48 })
    await waitFor('an advertisement', () => all.length === 1)
    expect(all[0]).to.deep.equal({
      timestamp: 1_700_000_000_123,
      address: ADDRESS,
      addressType: 'random',
      rssi: -48,
      manufacturerData: STATUS,
      receiver: 'desk',
    })
  })

  it('hears every frame of every kind of sender, the first and the repeated ones too', async () => {
    const { all } = reading(await open())
    expect(radio.controller.filtersDuplicates).to.equal(false)
    for (const eventType of [0, 2, 3, 4]) {
      for (let i = 0; i < 3; i++)
        radio.controller.hear({ address: `00:11:22:33:44:0${eventType}`, data: manufacturerAd(STATUS), eventType })
    }
    await waitFor('12 advertisements', () => all.length === 12)
  })

  it('tells each piece of manufacturer data of a report, and none that an older report had', async () => {
    const { all } = reading(await open())
    radio.controller.hear({ address: ADDRESS, data: manufacturerAd(OTHER, OTHER.subarray(0, 5)) })
    radio.controller.hear({ address: ADDRESS, data: Buffer.from([2, 0x01, 0x1a]), eventType: 4 })
    radio.controller.hear({ address: ADDRESS, data: manufacturerAd(STATUS) })
    await waitFor('three advertisements', () => all.length === 3)
    expect(all.map(({ manufacturerData }) => manufacturerData)).to.deep.equal([OTHER, OTHER.subarray(0, 5), STATUS])
  })

  it('reads several reports of one event, and signal strengths that are none', async () => {
    const { all } = reading(await open())
    const data = manufacturerAd(OTHER)
    radio.controller.hear(...[-127, 0, 127, -30].map((rssi, i) => ({ address: `00:00:00:00:00:0${i}`, data, rssi, addressType: 0 })))
    await waitFor('four advertisements', () => all.length === 4)
    expect(all.map(({ rssi }) => rssi)).to.deep.equal([null, null, null, -30])
    expect(all.every(({ addressType }) => addressType === 'public')).to.equal(true)
  })

  it('copies what it hears out of the buffers of the driver', async () => {
    const { all } = reading(await open())
    const packet = advertisingReport({ address: ADDRESS, data: manufacturerAd(STATUS) })
    radio.controller.sendRaw(packet)
    packet.fill(0)
    await waitFor('an advertisement', () => all.length === 1)
    expect(all[0]?.manufacturerData).to.deep.equal(STATUS)
  })

  it('ends the scan when it is stopped, and leaves no trace in the process', async () => {
    const { all, done } = reading(await open())
    radio.controller.hear({ address: ADDRESS, data: manufacturerAd(STATUS) })
    await waitFor('an advertisement', () => all.length === 1)
    context.abort()
    await done
    expect(radio.controller.scanning).to.equal(false)
    expect(radio.listening).to.equal(0)
    expect(processListeners()).to.equal(listeners)
  })

  it('ends the scan when its reader has had enough', async () => {
    const source = await open()
    radio.controller.hear({ address: ADDRESS, data: manufacturerAd(STATUS) })
    for await (const _ of source) break
    expect(radio.controller.scanning).to.equal(false)
    expect(radio.listening).to.equal(0)
  })

  it('goes on after the adapter was off for a moment', async () => {
    use(fastClock(2))
    const { all } = reading(await open())
    radio.power(false)
    await waitFor('the loss to be noticed', () => context.lines.includes('warn: the Bluetooth adapter went off'))
    radio.power(true)
    await waitFor('the scan to go on', () => radio.controller.scanning === 'legacy')
    radio.controller.hear({ address: ADDRESS, data: manufacturerAd(STATUS) })
    await waitFor('an advertisement', () => all.length === 1)
    expect(context.metrics.get('radio_restarts')).to.equal(0)
  })

  it('begins anew, with growing pauses, when the adapter stays away', async () => {
    const { all } = reading(await open())
    radio.power(false)
    radio.bindError = Object.assign(new Error('ENODEV, No such device'), { code: 'ENODEV' })
    await waitFor('three attempts', () => context.metrics.get('radio_restarts') === 3)
    const told = context.lines.filter((line) => line.includes('trying again'))
    expect(told.slice(0, 3)).to.deep.equal([
      'warn: the Bluetooth adapter is off; trying again in 1s',
      'warn: there is no such Bluetooth adapter; trying again in 2s',
      'warn: there is no such Bluetooth adapter; trying again in 4s',
    ])
    radio.bindError = undefined
    radio.power(true)
    await waitFor('the scan to go on', () => radio.controller.scanning === 'legacy')
    radio.controller.hear({ address: ADDRESS, data: manufacturerAd(STATUS) })
    await waitFor('an advertisement', () => all.length === 1)
    expect(radio.listening).to.equal(1)
  })

  it('goes on when another program stops the scan', async () => {
    await open()
    radio.controller.scanning = false
    // What a raw socket sees of another program: LE Set Scan Enable, off.
    radio.controller.sendRaw(Buffer.from([0x01, 0x0c, 0x20, 2, 0, 0]))
    await waitFor('the scan to go on', () => radio.controller.scanning === 'legacy')
    expect(context.metrics.get('radio_restarts')).to.equal(0)
  })

  it('scans with the extended commands where the controller refuses the old ones', async () => {
    radio.controller.refusesLegacy = true
    const { all } = reading(await open())
    expect(radio.controller.scanning).to.equal('extended')
    radio.controller.hear({ address: ADDRESS, data: manufacturerAd(STATUS), rssi: -70 })
    await waitFor('an advertisement', () => all.length === 1)
    expect(all[0]).to.include({ address: ADDRESS, rssi: -70 })
    expect(all[0]?.manufacturerData).to.deep.equal(STATUS)
  })

  it('uses the adapter it is told to', async () => {
    await open({ deviceId: 3 })
    expect(radio.deviceId).to.equal(3)
  })

  it('drops the oldest, and counts them, when its reader is far too slow', async () => {
    const source = await open()
    const sent = 10_050
    for (let i = 0; i < sent; i++) radio.controller.hear({ address: addressOf(i), data: manufacturerAd(OTHER) })
    const { value } = await source.next()
    expect(value).to.have.length(10_000)
    expect(value?.[0]?.address).to.equal(addressOf(50))
    expect(context.metrics.get('dropped')).to.equal(50)
  })

  it('ends at once when it is stopped before it has begun', async () => {
    context.abort()
    expect(await collect(await open())).to.deep.equal([])
    expect(radio.bound).to.equal(0)
  })

  describe('when it cannot begin', () => {
    it('says that the adapter is off', async () => {
      radio.power(false)
      const error = await thrownBy(() => open())
      expect(error).to.include({ code: 'SHITOPS_E_NO_RADIO', exit: 69, message: 'the Bluetooth adapter is off' })
      expect(error.suggestions[0]).to.equal('bluetoothctl power on')
    })

    it('says that there is no adapter', async () => {
      radio.bindError = Object.assign(new Error('ENODEV, No such device'), { code: 'ENODEV' })
      expect((await thrownBy(() => open())).message).to.equal('there is no such Bluetooth adapter')
    })

    it('says that the adapter does not answer', async () => {
      radio.controller.isMute = true
      expect((await thrownBy(() => open())).message).to.equal('the Bluetooth adapter does not answer')
    })

    it('says what right is missing and how to give it, and writes nothing to standard output', async () => {
      radio.writeError = Object.assign(new Error('EPERM, Operation not permitted, write'), { code: 'EPERM' })
      const [error, written] = await whileListening(() => thrownBy(() => open()))
      expect(error).to.include({ code: 'SHITOPS_E_RADIO_RIGHTS', exit: 77 })
      if (process.platform === 'linux') expect(error.suggestions[0]).to.include('setcap cap_net_raw+eip')
      expect(written).to.deep.equal([])
    })

    it('leaves no trace in the process', async () => {
      radio.controller.isMute = true
      await thrownBy(() => open())
      expect(radio.listening).to.equal(0)
      expect(processListeners()).to.equal(listeners)
    })
  })
})

const addressOf = (i: number) =>
  i
    .toString(16)
    .padStart(12, '0')
    .toUpperCase()
    .replace(/(..)(?!$)/g, '$1:')

const processListeners = () => ['exit', 'SIGINT', 'SIGTERM'].map((event) => `${event} ${process.listenerCount(event)}`).join(', ')

/** What `run` gives, and what the console was told meanwhile. */
async function whileListening<T>(run: () => Promise<T>): Promise<[result: T, written: string[]]> {
  const { log } = console
  const written: string[] = []
  console.log = (...words: unknown[]) => void written.push(words.join(' '))
  try {
    return [await run(), written]
  } finally {
    console.log = log
  }
}
