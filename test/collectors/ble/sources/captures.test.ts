import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Advertisement } from '../../../../src/collectors/ble/advertisement.ts'
import { captureSource } from '../../../../src/collectors/ble/sources/capture/capture-source.ts'
import { openSource } from '../../../../src/collectors/ble/sources/open-source.ts'
import { collect, inChunks, sourceContext, type TestContext } from '../../../support/ble-source.ts'
import { btsnoop, PcapngWriter, pcap } from '../../../support/capture-files.ts'
import { advertisingReport, event, extendedReport, manufacturerAd } from '../../../support/hci/encode.ts'
import { useTempDir } from '../../../support/temp-dir.ts'
import { thrownBy } from '../../../support/thrown-by.ts'

const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url))
const STATUS = '4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4'
const NEARBY = '4c0010054b1c52787d'
const TIME = 1_700_000_000_250

/** What fixtures/README.md says of the files. */
const HEARD = [
  { timestamp: TIME, address: '5A:16:2B:91:D1:CD', addressType: 'random', rssi: -48, data: STATUS },
  { timestamp: TIME + 1_250, address: '7C:9A:1D:00:11:22', addressType: 'public', rssi: -71, data: NEARBY },
  { timestamp: TIME + 2_500, address: '45:23:51:E3:40:6E', addressType: 'random', rssi: -90, data: NEARBY },
  { timestamp: TIME + 2_500, address: '45:23:51:E3:40:6E', addressType: 'random', rssi: -90, data: '4c0010054b' },
] as const

const readable = ({ manufacturerData, receiver: _, ...rest }: Advertisement) => ({ ...rest, data: manufacturerData.toString('hex') })

const packet = advertisingReport({ address: HEARD[0].address, rssi: -48, data: manufacturerAd(Buffer.from(STATUS, 'hex')) })
const ONE = [HEARD[0]]

describe('captures', () => {
  let context: TestContext
  beforeEach(() => {
    context = sourceContext()
  })

  const read = (bytes: Buffer, ...sizes: number[]) => collect(captureSource(inChunks(bytes, ...sizes), 'capture', context))
  const heardIn = async (bytes: Buffer) => (await read(bytes)).map(readable)

  describe('of other programs', () => {
    for (const name of readdirSync(fixtures).filter((file) => /pcap/.test(file))) {
      it(`reads ${name}`, async () => {
        const all = await collect(await openSource(`file:${join(fixtures, name)}`, context))
        // The link layer alone knows no signal strength.
        const expected = HEARD.map((advertisement) => ({ ...advertisement, ...(name === 'le-ll.pcap' && { rssi: null }) }))
        expect(all.map(readable)).to.deep.equal(expected)
        expect(all.every(({ receiver }) => receiver === 'desk')).to.equal(true)
        expect(context.metrics.toJSON()).to.deep.equal({})
      })

      it(`reads ${name} the same however it is cut`, async () => {
        const bytes = readFileSync(join(fixtures, name))
        const whole = await read(bytes)
        await fc.assert(
          fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
            expect(await read(bytes, ...sizes)).to.deep.equal(whole)
          }),
          { numRuns: 30 },
        )
      })
    }
  })

  describe('of btsnoop', () => {
    it('reads H4, and passes over what is no advertisement', async () => {
      const others = [event(0x0e, Buffer.from([1, 3, 0x0c, 0])), Buffer.from('01030c00', 'hex'), event(0x3e, Buffer.from([0x03, 0, 1, 0]))]
      const records = [...others, packet].map((bytes) => ({ time: TIME, packet: bytes }))
      expect(await heardIn(btsnoop(1002, records))).to.deep.equal(ONE)
      expect(context.metrics.get('malformed')).to.equal(0)
    })

    it('reads H1, where the flags tell events from data', async () => {
      const records = [0, 1, 2, 3].map((flags) => ({ time: TIME, packet: packet.subarray(1), flags }))
      expect(await heardIn(btsnoop(1001, records))).to.deep.equal(ONE)
    })

    it('reads the Linux monitor, where the flags hold adapter and opcode', async () => {
      const records = [0x0000_0002, 0x0001_0003, 0x0000_0005].map((flags) => ({ time: TIME, packet: packet.subarray(1), flags }))
      expect(await heardIn(btsnoop(2001, records))).to.deep.equal(ONE)
    })

    it('refuses other versions and links, saying which there are', async () => {
      expect((await thrownBy(() => read(btsnoop(1002, [], 2)))).message).to.equal(
        'capture cannot be read as btsnoop: version 2 is not known',
      )
      expect((await thrownBy(() => read(btsnoop(1003, [])))).message).to.include('data link type 1003 is not known; 1001 (H1), 1002 (H4)')
    })

    it('tells what came before a damaged record', async () => {
      const bytes = btsnoop(1002, [
        { time: TIME, packet },
        { time: TIME, packet, length: 0x7fffffff },
      ])
      const all: Advertisement[] = []
      const error = await thrownBy(async () => {
        for await (const batch of captureSource(inChunks(bytes), 'capture', context)) all.push(...batch)
      })
      expect(error).to.include({ code: 'SHITOPS_E_FILE', exit: 1 })
      expect(all.map(readable)).to.deep.equal(ONE)
    })
  })

  describe('of pcapng', () => {
    for (const order of ['little', 'big'] as const) {
      it(`reads ${order} endian, times of any resolution, and the older packet blocks`, async () => {
        const writer = new PcapngWriter(order)
        const nano = writer.option(9, Buffer.from([9]))
        // 2^-10 s, and an offset of a whole number of seconds.
        const binary = [writer.option(9, Buffer.from([0x8a])), writer.option(14, writer.i64(1_700_000_000n))]
        writer
          .interface(187)
          .interface(187, nano)
          .interface(187, ...binary)
        writer.packet(0, BigInt(TIME) * 1_000n, packet)
        writer.packet(1, BigInt(TIME) * 1_000_000n, packet)
        writer.packet(2, 256n, packet)
        writer.oldPacket(0, BigInt(TIME) * 1_000n, packet)
        expect(await heardIn(writer.bytes())).to.deep.equal([...ONE, ...ONE, ...ONE, ...ONE])
      })
    }

    it('stamps a packet without a time on reading it', async () => {
      context = sourceContext({ ...context.clock, now: () => 42 })
      expect(await heardIn(new PcapngWriter().interface(187).simplePacket(packet).bytes())).to.deep.equal([{ ...HEARD[0], timestamp: 42 }])
    })

    it('passes over interfaces of other links, but says so when there is no other', async () => {
      const both = new PcapngWriter()
        .interface(1)
        .interface(187)
        .packet(0, 0n, packet)
        .packet(1, BigInt(TIME) * 1_000n, packet)
      expect(await heardIn(both.bytes())).to.deep.equal(ONE)
      const error = await thrownBy(() => read(new PcapngWriter().interface(1).packet(0, 0n, packet).bytes()))
      expect(error.message).to.equal('capture has link type 1, which holds no Bluetooth LE advertisements that can be read')
      expect(error.suggestions[0]).to.include('187 BLUETOOTH_HCI_H4').and.to.include('272 NORDIC_BLE')
    })

    it('begins anew with every section', async () => {
      const sections = [new PcapngWriter('little'), new PcapngWriter('big')]
      const bytes = sections.map((writer) =>
        writer
          .interface(187)
          .packet(0, BigInt(TIME) * 1_000n, packet)
          .bytes(),
      )
      expect(await heardIn(Buffer.concat(bytes))).to.deep.equal([...ONE, ...ONE])
    })
  })

  describe('of extended reports', () => {
    const data = manufacturerAd(Buffer.from(STATUS, 'hex'))
    const reports = (...eventTypes: number[]) =>
      eventTypes.map((eventType, i) => {
        const part = data.subarray(
          Math.floor((i * data.length) / eventTypes.length),
          Math.floor(((i + 1) * data.length) / eventTypes.length),
        )
        return { time: TIME, packet: extendedReport({ address: HEARD[0].address, rssi: -48, data: part, eventType }) }
      })

    it('puts the parts of a long advertisement together', async () => {
      expect(await heardIn(btsnoop(1002, reports(0x20, 0x20, 0)))).to.deep.equal(ONE)
    })

    it('gives up what was cut off by the controller', async () => {
      expect(await heardIn(btsnoop(1002, [...reports(0x20, 0x40), ...reports(0)]))).to.deep.equal(ONE)
    })
  })

  it('counts what is broken and goes on', async () => {
    const cutOff = event(0x3e, packet.subarray(3, 20))
    const badCrc = readFileSync(join(fixtures, 'nordic.pcap'))
    // The flags of the first packet: file and packet headers, board, header, length.
    badCrc.writeUInt8(0, 24 + 16 + 8)
    expect(
      await heardIn(
        btsnoop(1002, [
          { time: TIME, packet: cutOff },
          { time: TIME, packet },
        ]),
      ),
    ).to.deep.equal(ONE)
    expect(await heardIn(badCrc)).to.deep.equal(HEARD.slice(1))
    expect(context.metrics.get('malformed')).to.equal(2)
    expect(context.lines).to.deep.equal([
      'warn: capture: report 1 of 1 is cut off',
      'warn: capture: a packet was received with a wrong checksum',
    ])
  })

  it('counts a packet whose time no record can have', async () => {
    const times = [8_000_000_000_000_000, TIME]
    expect(
      await heardIn(
        btsnoop(
          1002,
          times.map((time) => ({ time, packet })),
        ),
      ),
    ).to.deep.equal(ONE)
    expect(context.lines).to.deep.equal(['warn: capture: a packet of a time before the year 0 or after 9999'])
  })

  it('counts a file that ends within a packet', async () => {
    const bytes = pcap(187, [
      { time: TIME, packet },
      { time: TIME, packet },
    ])
    expect(await heardIn(bytes.subarray(0, -5))).to.deep.equal(ONE)
    expect(context.metrics.get('malformed')).to.equal(1)
  })

  it('unpacks gzip, and says when it is damaged', async () => {
    const zipped = gzipSync(pcap(187, [{ time: TIME, packet }]))
    expect(await heardIn(zipped)).to.deep.equal(ONE)
    expect((await thrownBy(() => read(zipped.subarray(0, 40)))).message).to.include('capture cannot be unpacked')
  })

  it('is nothing when it is empty', async () => {
    expect(await read(Buffer.alloc(0))).to.deep.equal([])
  })

  it('says of any other file what it can read', async () => {
    const error = await thrownBy(() => read(Buffer.from('\x7fELF\x02\x01\x01\0\0\0')))
    expect(error).to.include({ code: 'SHITOPS_E_FILE' })
    expect(error.message).to.equal('capture is no capture of a known form: btsnoop, pcap, pcapng, or one JSON object a line')
  })

  it('ends in one of its own errors or none, whatever the bytes', async () => {
    const files = readdirSync(fixtures).filter((file) => /pcap/.test(file))
    const seeds = [...files.map((file) => readFileSync(join(fixtures, file))), btsnoop(1002, [{ time: TIME, packet }])]
    const change = fc.record({ at: fc.nat(400), value: fc.nat(255) })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), fc.array(change, { maxLength: 8 }), fc.nat(400), async (seed, changes, cut) => {
        const bytes = Buffer.from(seed).subarray(0, seed.length - (cut < 100 ? cut : 0))
        for (const { at, value } of changes) if (at < bytes.length) bytes.writeUInt8(value, at)
        const heard = await read(bytes, 37).catch((error: unknown) => expect(error).to.have.property('code', 'SHITOPS_E_FILE'))
        if (Array.isArray(heard)) for (const { timestamp } of heard) expect(() => new Date(timestamp).toISOString()).not.to.throw()
      }),
      { numRuns: 2_000 },
    )
  })

  describe('from a file', () => {
    const dir = useTempDir()

    it('says at once when there is none', async () => {
      const path = join(dir(), 'none')
      const error = await thrownBy(() => openSource(`file:${path}`, context))
      expect(error).to.include({ code: 'SHITOPS_E_FILE', message: `there is no file ${path}` })
      await writeFile(join(dir(), 'one.btsnoop'), '')
      const like = await thrownBy(() => openSource(`file:${join(dir(), 'one.btsnop')}`, context))
      expect(like)
        .to.have.property('suggestions')
        .that.deep.equals([`--source file:${join(dir(), 'one.btsnoop')}`])
    })

    it('says at once when it is a folder, or nothing', async () => {
      expect(await thrownBy(() => openSource(`file:${dir()}`, context))).to.include({
        code: 'SHITOPS_E_FILE',
        message: `${dir()} is a folder, not a capture`,
      })
      expect(await thrownBy(() => openSource('file:', context))).to.include({ code: 'SHITOPS_E_USAGE' })
    })

    it('stops in the middle when it is told to', async () => {
      const path = join(dir(), 'long.btsnoop')
      await writeFile(
        path,
        btsnoop(
          1002,
          Array.from({ length: 40_000 }, () => ({ time: TIME, packet })),
        ),
      )
      let heard = 0
      for await (const batch of await openSource(`file:${path}`, context)) {
        heard += batch.length
        context.abort()
      }
      expect(heard).to.be.greaterThan(0).and.lessThan(40_000)
    })
  })
})
