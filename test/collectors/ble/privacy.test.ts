import { expect } from 'chai'
import { BLE_DEFAULTS } from '../../../src/collectors/ble/config.ts'
import { pseudonym } from '../../../src/collectors/ble/identity.ts'
import { runBle } from '../../../src/collectors/ble/index.ts'
import { Counters } from '../../../src/collectors/metrics.ts'
import { Office } from '../../../src/office/office.ts'
import { MemoryLogger, RecordingSink, stillClock } from '../compliance.ts'

const NOW = Date.UTC(2026, 0, 30, 8)

describe('the BLE collector and privacy', () => {
  it('lets no address and no frame out, tracks the enrolled, and only counts the others', async () => {
    const office = new Office({ seed: 1, day: 30 * 60_000, openedAt: NOW })
    const secret = Buffer.alloc(32, 7)
    const [first, second] = office.roster.desks
    if (!first || !second) throw new Error('an empty office')
    const enrolled = new Map(
      [first, second].map(({ headset, person }) => [headset.address, { device: pseudonym(secret, headset.address), person }]),
    )
    const heard = { addresses: new Set<string>(), bytes: new Set<string>() }
    async function* source() {
      for (let signals = office.step(); signals; signals = office.step()) {
        for (const { address, manufacturerData } of signals.frames) {
          heard.addresses.add(address)
          // The encrypted tail is as good as a fingerprint.
          heard.bytes.add(manufacturerData.subarray(13).toString('hex'))
        }
        yield signals.frames
      }
      yield [
        {
          timestamp: NOW,
          address: 'C1:22:33:44:55:66',
          addressType: 'random' as const,
          rssi: -50,
          manufacturerData: Buffer.from('4c000719', 'hex'),
          receiver: 'r',
        },
      ]
    }
    const [bus, metrics, logger] = [new RecordingSink(), new Counters(), new MemoryLogger()]
    const identify = (address: string) => enrolled.get(address)
    await runBle({
      config: { ...BLE_DEFAULTS, source: source(), identify },
      bus,
      clock: stillClock(NOW),
      metrics,
      logger,
      signal: new AbortController().signal,
    })

    expect(metrics.get('unenrolled')).to.be.above(1_000)
    expect(metrics.get('malformed')).to.equal(1)
    const tracked = bus.of('device_presence').filter(({ kind }) => kind !== 'crowd')
    const devices = new Set(tracked.map(({ device }) => device))
    expect([...devices]).to.have.members([...enrolled.values()].map(({ device }) => device))
    const everything = [...bus.records.map(({ key, value, headers }) => `${key} ${value} ${headers}`), ...logger.lines]
      .join('\n')
      .toLowerCase()
    for (const address of [...heard.addresses, 'C1:22:33:44:55:66']) {
      expect(everything).not.to.include(address.toLowerCase())
      expect(everything).not.to.include(address.replaceAll(':', '').toLowerCase())
    }
    for (const bytes of heard.bytes) if (bytes.length >= 16) expect(everything.includes(bytes), bytes).to.equal(false)
  })

  it('gives a headset another id under another secret', () => {
    const ids = [1, 2].map((byte) => pseudonym(Buffer.alloc(32, byte), 'C0:00:00:00:00:01'))
    expect(ids[0])
      .to.match(/^hs_[0-9a-f]{16}$/)
      .and.not.equal(ids[1])
    expect(pseudonym(Buffer.alloc(32, 1), 'C0:00:00:00:00:01')).to.equal(ids[0])
  })
})
