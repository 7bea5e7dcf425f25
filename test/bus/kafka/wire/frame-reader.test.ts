import { expect } from 'chai'
import fc from 'fast-check'
import { arenaOf } from '../../../../src/bus/kafka/codec-wasm/arena.ts'
import { FrameError, FrameReader } from '../../../../src/bus/kafka/wire/frame-reader.ts'

const LIMIT = 32 << 20

function framed(payload: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(payload.length)
  return Buffer.concat([length, payload])
}

/** Gives bytes in reads of at most `step`, into the space that the reader names, as a socket does. */
function feed(reader: FrameReader, bytes: Buffer, step: number): void {
  for (let at = 0; at < bytes.length; ) {
    const count = bytes.copy(reader.space(), 0, at, Math.min(bytes.length, at + step))
    at += count
    reader.took(count)
  }
}

describe('frames of a connection', () => {
  it('come out as they went in, however the bytes are cut', () => {
    const payload = fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 300 }) },
      fc.integer({ min: 60_000, max: 600_000 }).map((size) => Buffer.alloc(size, `${size}`)),
    )
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 8 }), fc.integer({ min: 1, max: 200_000 }), fc.boolean(), (payloads, step, pushed) => {
        const seen: Buffer[] = []
        const reader = new FrameReader(LIMIT, (frame) => seen.push(Buffer.from(frame)))
        const bytes = Buffer.concat(payloads.map((one) => framed(Buffer.from(one))))
        if (pushed) reader.push(bytes)
        else feed(reader, bytes, Math.max(step, bytes.length >> 10))
        expect(seen.length).to.equal(payloads.length)
        for (const [i, frame] of seen.entries()) expect(frame.equals(payloads[i] as Uint8Array)).to.equal(true)
      }),
      { numRuns: 60 },
    )
  })

  it('a frame that was given back is used again, and one that was not is left alone', () => {
    const frames: Buffer[] = []
    const reader = new FrameReader(LIMIT, (frame) => frames.push(frame))
    const send = (letter: string) => feed(reader, framed(Buffer.alloc(1_000_000, letter)), 100_000)
    send('a')
    send('b')
    reader.recycle(frames[0] as Buffer)
    send('c')
    expect(frames[2]?.buffer).to.equal(frames[0]?.buffer)
    expect(frames[1]?.every((byte) => byte === 0x62)).to.equal(true)
    expect(frames[2]?.every((byte) => byte === 0x63)).to.equal(true)
  })

  it('small frames that were given back leave room for large ones, which then lie where WebAssembly reads', () => {
    const frames: Buffer[] = []
    const reader = new FrameReader(LIMIT, (frame) => frames.push(frame))
    const send = (size: number) => feed(reader, framed(Buffer.alloc(size, 'x')), 100_000)
    for (let i = 0; i < 6; i++) send(300_000)
    for (const frame of frames.splice(0)) reader.recycle(frame)
    send(2_000_000)
    const [first] = frames.splice(0)
    expect(arenaOf(first as Buffer)).to.equal(undefined)
    reader.recycle(first as Buffer)
    send(2_000_000)
    send(2_000_000)
    expect(frames.map((frame) => arenaOf(frame) !== undefined)).to.deep.equal([true, false])
  })

  it('what is too large for memory that WebAssembly reads is kept as it is', () => {
    const frames: Buffer[] = []
    const reader = new FrameReader(LIMIT, (frame) => frames.push(frame))
    const send = () => feed(reader, framed(Buffer.alloc(10_000_000, 'x')), 1_000_000)
    send()
    reader.recycle(frames[0] as Buffer)
    send()
    expect(frames[1]?.buffer).to.equal(frames[0]?.buffer)
  })

  it('a large length is not paid for before its bytes come', () => {
    const reader = new FrameReader(1 << 30, () => {})
    const length = Buffer.alloc(4)
    length.writeInt32BE(900 << 20)
    feed(reader, length, 4)
    expect(reader.space().length).to.be.at.most(16 << 20)
  })

  for (const [what, bytes, kind, message] of [
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'foreign', 'HTTP/1.1 400 Bad Request'],
    ['a TLS alert', '\x15\x03\x03\x00\x02\x02\x46', 'foreign', 'TLS'],
    ['a shell server', 'SSH-2.0-OpenSSH_9.6\x1b[2J\r\n', 'foreign', 'SSH-2.0-OpenSSH_9.6?[2J'],
    ['a length below nothing', '\xff\xff\xff\xff', 'foreign', '-1 bytes'],
    ['a length that holds no correlation id', '\x00\x00\x00\x03abc', 'foreign', '3 bytes'],
    ['a length beyond the limit', '\x7f\xff\xff\xff', 'large', '2147483647 bytes'],
  ] as const) {
    it(`${what} is told as such`, () => {
      const reader = new FrameReader(LIMIT, () => {})
      let error: unknown
      try {
        reader.push(Buffer.from(bytes, 'latin1'))
      } catch (thrown) {
        error = thrown
      }
      expect(error).to.be.instanceOf(FrameError)
      expect((error as FrameError).kind).to.equal(kind)
      expect((error as FrameError).message).to.include(message)
    })
  }
})
