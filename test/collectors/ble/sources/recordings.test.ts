import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Advertisement } from '../../../../src/collectors/ble/advertisement.ts'
import { describeManufacturerData } from '../../../../src/collectors/ble/decode/lines/describe-payload.ts'
import { openSource } from '../../../../src/collectors/ble/sources/open-source.ts'
import { paced } from '../../../../src/collectors/ble/sources/paced.ts'
import { openRecording, recorded } from '../../../../src/collectors/ble/sources/record.ts'
import { pseudonymAddress, type Redact, redactor } from '../../../../src/collectors/ble/sources/redact.ts'
import { collect, inChunks, sourceContext, type TestContext } from '../../../support/ble-source.ts'
import { advertisingReport, manufacturerAd } from '../../../support/hci/encode.ts'
import { useTempDir } from '../../../support/temp-dir.ts'
import { thrownBy } from '../../../support/thrown-by.ts'

const STATUS = Buffer.from('4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4', 'hex')
const NEARBY = Buffer.from('4c0010054b1c52787d', 'hex')
const SECRET = Buffer.alloc(32, 7)

const heard = (change: Partial<Advertisement> = {}): Advertisement => ({
  ...{ timestamp: 1_700_000_000_000, address: '5A:16:2B:91:D1:CD', addressType: 'random', rssi: -60 },
  ...{ manufacturerData: STATUS, receiver: 'room-2' },
  ...change,
})

const anAddress = fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) => Array.from(Buffer.from(bytes), twoDigits).join(':'))
const twoDigits = (byte: number) => byte.toString(16).padStart(2, '0').toUpperCase()
const anAdvertisement: fc.Arbitrary<Advertisement> = fc.record({
  timestamp: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  address: fc.oneof(anAddress, fc.constant('')),
  addressType: fc.constantFrom('public', 'random', 'unknown'),
  rssi: fc.oneof(fc.integer({ min: -126, max: -1 }), fc.constant(null)),
  manufacturerData: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  receiver: fc.string({ minLength: 1 }),
})

describe('recordings', () => {
  const dir = useTempDir()
  let context: TestContext
  beforeEach(() => {
    context = sourceContext({ now: () => 99, sleep: () => Promise.resolve() })
  })

  const readText = (text: string) => openSource('-', context, { input: inChunks(Buffer.from(text), 11) }).then(collect)

  async function record(batches: Advertisement[][], redact: Redact | null): Promise<string> {
    const path = join(dir(), 'scan.jsonl')
    const source = (async function* () {
      yield* batches
    })()
    expect(await collect(recorded(source, await openRecording(path, redact)))).to.deep.equal(batches.flat())
    return path
  }

  describe('as JSON lines', () => {
    it('read back as they were written', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(anAdvertisement, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), async (batches) => {
          const path = await record(batches, null)
          expect(await collect(await openSource(`file:${path}`, context))).to.deep.equal(batches.flat())
        }),
        { numRuns: 50 },
      )
      expect(context.metrics.toJSON()).to.deep.equal({})
    })

    it('need nothing but the frame', async () => {
      const bare = { timestamp: 99, address: '', addressType: 'unknown', rssi: null, receiver: 'desk', manufacturerData: STATUS }
      const lines = [
        JSON.stringify({ hex: STATUS.toString('hex') }),
        STATUS.toString('hex'),
        JSON.stringify({ hex: STATUS.toString('hex').slice(4), format: 'payloadWithoutCompanyId' }),
        JSON.stringify({ hex: manufacturerAd(STATUS).toString('hex'), format: 'advData' }),
      ]
      expect(await readText(`\uFEFF${lines.join('\n\n')}`)).to.deep.equal(lines.map(() => bare))
    })

    it('may hold HCI packets, several pieces to an advertisement, times in words and addresses without colons', async () => {
      const packet = advertisingReport({ address: '7C:9A:1D:00:11:22', addressType: 0, rssi: -71, data: manufacturerAd(NEARBY) })
      const all = await readText(
        [
          JSON.stringify({ hex: packet.toString('hex'), timestamp: '2026-01-01T00:00:00Z' }),
          JSON.stringify({ hex: manufacturerAd(NEARBY, STATUS).toString('hex'), format: 'advData', address: '7c9a1d001122', rssi: 127 }),
        ].join('\n'),
      )
      expect(all.map(({ manufacturerData }) => manufacturerData)).to.deep.equal([NEARBY, NEARBY, STATUS])
      expect(all[0]).to.include({ timestamp: Date.UTC(2026, 0, 1), address: '7C:9A:1D:00:11:22', addressType: 'public', rssi: -71 })
      expect(all[1]).to.include({ timestamp: 99, address: '7C:9A:1D:00:11:22', rssi: null })
    })

    it('go on after a line that cannot be used, and never quote it', async () => {
      const bad = [
        '{"hex":',
        '{"hex":"zz"}',
        '{"hex":"53","format":"statusByte"}',
        '[1]',
        `{"hex":"${'00'.repeat(40_000)}"}`,
        '{"address":"5A:16:2B:91:D1:CD"}',
        // No time, and none that a record can have.
        ...['"soon"', '1e300', '253402300800000', 'true'].map((time) => `{"hex":"${STATUS.toString('hex')}","timestamp":${time}}`),
      ]
      const all = await readText([STATUS.toString('hex'), ...bad, STATUS.toString('hex')].join('\n'))
      expect(all).to.have.length(2)
      expect(context.metrics.get('malformed')).to.equal(bad.length)
      expect(context.lines).to.deep.equal(['warn: standard input: line 2: begins like JSON and is none'])
    })
  })

  describe('by default', () => {
    it('keep which sender is which, but no address', async () => {
      const senders = ['5A:16:2B:91:D1:CD', '45:23:51:E3:40:6E', '5A:16:2B:91:D1:CD', '']
      const path = await record([senders.map((address) => heard({ address }))], redactor(SECRET))
      const addresses = (await collect(await openSource(`file:${path}`, context))).map(({ address }) => address)
      expect(addresses[0]).to.equal(addresses[2]).and.to.not.equal(addresses[1])
      expect(addresses[3]).to.equal('')
      expect(await readFile(path, 'utf8')).to.not.match(/5A.?16.?2B.?91|45.?23.?51.?E3/i)
    })

    it('make pseudonyms that no real address has and that hang on the secret', () => {
      fc.assert(
        fc.property(anAddress, (address) => {
          const pseudonym = pseudonymAddress(SECRET, address)
          expect(pseudonym).to.match(/^[89AB][\dA-F](:[\dA-F]{2}){5}$/)
          expect(pseudonymAddress(Buffer.alloc(32, 8), address)).to.not.equal(pseudonym)
        }),
      )
    })

    it('give all addresses of an enrolled headset one pseudonym', () => {
      const redact = redactor(SECRET, (address) => (address.startsWith('5A') ? 'anna' : undefined))
      const [first, second, stranger] = ['5A:00:00:00:00:01', '5A:00:00:00:00:02', '45:00:00:00:00:01'].map(
        (address) => redact(heard({ address })).address,
      )
      expect(first).to.equal(second).and.to.equal(pseudonymAddress(SECRET, 'anna'))
      expect(stranger).to.not.equal(first)
    })

    it('keep status frames and strip the rest', () => {
      const redact = redactor(SECRET)
      const stripped = (data: string) => redact(heard({ manufacturerData: Buffer.from(data, 'hex') })).manufacturerData.toString('hex')
      const status = STATUS.toString('hex')
      expect(stripped(status)).to.equal(status)
      expect(stripped(`4c0010054b1c52787d${status.slice(4)}`)).to.equal(status)
      expect(stripped(`${status}0c0e08aabb112233445566778899aabbcc`)).to.equal(status)
      expect(stripped('4c000512000000000000000001b36fe1e5f3c2a1bb00')).to.equal('4c00')
      expect(stripped('4c00071106e4dd8d647035112e2b36d341a6778984')).to.equal('4c00')
      expect(stripped('7500426f6f')).to.equal('7500')
      expect(stripped('4c')).to.equal('4c')
    })

    it('say the same of a status frame as before', () => {
      const redacted = redactor(SECRET)(heard({ manufacturerData: Buffer.concat([NEARBY, STATUS.subarray(2)]) }))
      const described = (data: Buffer) => JSON.parse(JSON.stringify(describeManufacturerData(data, '')))
      expect(described(redacted.manufacturerData)).to.deep.equal(described(STATUS))
    })

    it('are for their owner alone, the file that was there before too', async () => {
      const path = join(dir(), 'scan.jsonl')
      await writeFile(path, 'old', { mode: 0o644 })
      await record([[heard()]], redactor(SECRET))
      expect((await stat(path)).mode & 0o777).to.equal(0o600)
      expect(await readFile(path, 'utf8')).to.not.include('old')
    })
  })

  it('say when the file cannot be written', async () => {
    const error = await thrownBy(() => openRecording(join(dir(), 'no', 'folder'), null))
    expect(error).to.include({ code: 'SHITOPS_E_FILE' })
    expect(error.message).to.include('cannot be written: ENOENT')
  })

  describe('played', () => {
    /** A clock on which waiting takes no time, and what was waited. */
    function stepClock() {
      let now = 1_000
      const waits: number[] = []
      const sleep = async (ms: number) => {
        waits.push(ms)
        now += ms
      }
      return { waits, clock: { now: () => now, sleep } }
    }

    const at = (...seconds: number[]) => seconds.map((s) => heard({ timestamp: 1_700_000_000_000 + s * 1_000 }))
    async function* batches(...all: Advertisement[][]) {
      yield* all
    }

    it('at their own pace times the speed, their times left as they are', async () => {
      const { waits, clock } = stepClock()
      const parts: number[][] = []
      for await (const batch of paced(batches(at(0, 0, 10), at(30, 20, 30)), 10, { clock, signal: context.signal })) {
        parts.push(batch.map(({ timestamp }) => timestamp / 1_000 - 1_700_000_000))
      }
      expect(parts).to.deep.equal([[0, 0], [10], [30, 20, 30]])
      expect(waits).to.deep.equal([1_000, 2_000])
    })

    it('not to the end when they are stopped', async () => {
      const { clock } = stepClock()
      const sleep = async () => context.abort()
      const all = await collect(paced(batches(at(0, 60, 120)), 1, { clock: { ...clock, sleep }, signal: context.signal }))
      expect(all).to.have.length(1)
    })

    it('through --speed, which a live source refuses', async () => {
      const { waits, clock } = stepClock()
      context = sourceContext(clock)
      const path = await record([at(0, 3)], null)
      expect(await collect(await openSource(`file:${path}`, context, { speed: 3 }))).to.have.length(2)
      expect(waits).to.deep.equal([1_000])
      for (const live of ['noble', 'mqtt://broker']) {
        const error = await thrownBy(() => openSource(live, context, { speed: 3 }))
        expect(error).to.include({ code: 'SHITOPS_E_USAGE', exit: 2 })
      }
    })
  })

  it('a source that is none is told what there is, without the credentials in it', async () => {
    const error = await thrownBy(() => openSource('amqp://user:hunter2@host', context))
    expect(error).to.include({
      code: 'SHITOPS_E_USAGE',
      message: '"amqp://…" is no source of advertisements: noble, file:PATH, mqtt://HOST or -',
    })
  })
})
