import { EventEmitter } from 'node:events'
import { gzipSync } from 'node:zlib'
import type { ClientDuplexStream } from '@grpc/grpc-js'
import { expect } from 'chai'
import fc from 'fast-check'
import { GnmiConnection } from '../../../../src/collectors/gnmi/client/connection.ts'
import { framed as inFrame, MessageFrames, PREFIX, sizeAt } from '../../../../src/collectors/gnmi/client/message-frames.ts'
import { type CallStatus, SubscribeCall } from '../../../../src/collectors/gnmi/client/subscribe-call.ts'
import { ScriptedTarget } from '../../../../src/office/gnmi/scripted/index.ts'

const framed = (message: Buffer, compressed = false) => {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt8(compressed ? 1 : 0)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** The messages of a run, without their prefixes; the run says how many it has. */
function messagesOf(bytes: Buffer, count: number): Buffer[] {
  const messages: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + PREFIX + sizeAt(bytes, at)
    messages.push(bytes.subarray(at + PREFIX, end))
    at = end
  }
  expect(messages).to.have.length(count)
  return messages
}

describe('messages cut out of a body', () => {
  it('law: are those that were put in, in order, wherever the body is torn, packed or not', () => {
    const message = fc.record({ bytes: fc.uint8Array({ maxLength: 300 }), packed: fc.boolean() })
    const torn = fc.tuple(fc.array(message), fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }))
    fc.assert(
      fc.property(torn, ([messages, sizes]) => {
        const body = Buffer.concat(messages.map(({ bytes, packed }) => framed(Buffer.from(bytes), packed)))
        const found: Array<[hex: string, packed: boolean]> = []
        const frames = new MessageFrames(1_000, {
          messages: (bytes, count) => {
            for (const one of messagesOf(bytes, count)) found.push([one.toString('hex'), false])
          },
          compressed: (bytes) => found.push([bytes.toString('hex'), true]),
          tooLarge: (size) => expect.fail(`${size} bytes`),
        })
        for (let at = 0, n = 0; at < body.length; n++) {
          const size = sizes[n % sizes.length] ?? 1
          frames.push(body.subarray(at, at + size))
          at += size
        }
        expect(found).to.deep.equal(messages.map(({ bytes, packed }) => [Buffer.from(bytes).toString('hex'), packed]))
      }),
      { numRuns: 500 },
    )
  })

  it('come together, as a view of what came, where they do', () => {
    const body = Buffer.concat(['a', 'b', 'c'].map((text) => inFrame(Buffer.from(text))))
    const runs: Array<[Buffer, number]> = []
    const frames = new MessageFrames(10, {
      messages: (bytes, count) => runs.push([bytes, count]),
      compressed: () => expect.fail(),
      tooLarge: () => expect.fail(),
    })
    frames.push(body)
    expect(runs).to.deep.equal([[body, 3]])
    expect(runs[0]?.[0].buffer).to.equal(body.buffer)
  })

  it('are refused above the limit, with what follows', () => {
    const found: number[] = []
    const refused: number[] = []
    const frames = new MessageFrames(10, {
      messages: (bytes, count) => found.push(...messagesOf(bytes, count).map(({ length }) => length)),
      compressed: () => expect.fail(),
      tooLarge: (size) => refused.push(size),
    })
    frames.push(Buffer.concat([framed(Buffer.alloc(10)), framed(Buffer.alloc(11)), framed(Buffer.alloc(3))]))
    frames.push(framed(Buffer.alloc(3)))
    expect([found, refused]).to.deep.equal([[10], [11]])
  })
})

/** A call of grpc-js as this version has it, without a network. */
class Lower extends EventEmitter {
  destroyed = false
  rest = ''
  pause() {
    this.rest = 'paused'
  }
  resume() {
    this.rest = 'resumed'
  }
}

function callOn(lower: Lower | undefined, headersAreThere = false) {
  const cancelled: CallStatus[] = []
  const bottom = {
    http2Stream: lower,
    decoder: { write: () => [Buffer.from('mine')] },
    ...(headersAreThere && { httpStatusCode: 200 }),
    cancelWithStatus: (code: number, details: string) => cancelled.push({ code, details }),
  }
  const call = Object.assign(new EventEmitter(), {
    ...{ pause: () => {}, resume: () => {}, cancel: () => {}, write: () => true },
    call: { call: { child: { underlyingCalls: [{ call: { child: lower ? bottom : undefined } }] } } },
  })
  const messages: string[] = []
  const ends: CallStatus[] = []
  const subscribe = new SubscribeCall(call as unknown as ClientDuplexStream<object, Buffer>, 100)
  subscribe.listen({
    messages: (bytes, count) => messages.push(...messagesOf(bytes, count).map(String)),
    end: (status) => ends.push(status),
  })
  return { call, bottom, messages, ends, cancelled, subscribe }
}

/** More than it takes to find the stream below. */
const turns = async () => {
  for (let turn = 0; turn < 60; turn++) await new Promise(setImmediate)
}

describe('a Subscribe call', () => {
  it('reads the stream below, and ends with its status once that has ended', async () => {
    const lower = new Lower()
    const { call, bottom, messages, ends, subscribe } = callOn(lower)
    await turns()
    expect(bottom.decoder.write()).to.deep.equal([])
    lower.emit('response', { ':status': 200, 'grpc-encoding': 'gzip' })
    lower.emit('data', Buffer.concat([framed(Buffer.from('a')), framed(gzipSync('b'), true)]))
    subscribe.pause()
    expect(lower.rest).to.equal('paused')
    call.emit('status', { code: 13, details: 'crash' })
    expect(ends).to.deep.equal([])
    lower.emit('data', framed(Buffer.from('c')))
    lower.emit('end')
    lower.emit('close')
    expect([messages, ends]).to.deep.equal([['a', 'b', 'c'], [{ code: 13, details: 'crash' }]])
  })

  it('refuses what is too large, also once it is unpacked, and what cannot be unpacked', async () => {
    const cases: Array<[Buffer, number]> = [
      [framed(Buffer.alloc(101)), 8],
      [framed(gzipSync(Buffer.alloc(101)), true), 8],
      [framed(Buffer.from('no gzip'), true), 13],
    ]
    for (const [body, code] of cases) {
      const lower = new Lower()
      const { messages, cancelled } = callOn(lower)
      await turns()
      lower.emit('response', { ':status': 200, 'grpc-encoding': 'gzip' })
      lower.emit('data', Buffer.concat([body, framed(Buffer.from('after'))]))
      expect([messages, cancelled.map((status) => status.code)]).to.deep.equal([[], [code]])
    }
  })

  it('takes nothing of a web server for messages', async () => {
    const lower = new Lower()
    const { messages, cancelled } = callOn(lower)
    await turns()
    lower.emit('response', { ':status': 404 })
    lower.emit('data', Buffer.from('<html>Not found</html>'))
    expect([messages, cancelled]).to.deep.equal([[], []])
  })

  for (const [where, lower, headersAreThere] of [
    ['elsewhere', undefined, false],
    ['at it already', new Lower(), true],
  ] as const) {
    it(`takes messages from grpc-js where the stream below is ${where}`, async () => {
      const { call, bottom, messages, ends } = callOn(lower, headersAreThere)
      await turns()
      call.emit('data', Buffer.from('a'))
      call.emit('status', { code: 0, details: '' })
      expect(ends).to.deep.equal([])
      call.emit('end')
      expect([messages, ends]).to.deep.equal([['a'], [{ code: 0, details: '' }]])
      expect(bottom.decoder.write()).to.have.length(1)
    })
  }

  it('finds the stream below in the grpc-js that is installed', async () => {
    const target = await ScriptedTarget.listen()
    const connection = new GnmiConnection({ addresses: [target.address] })
    try {
      const call = await connection.subscribe()
      const first = new Promise((resolve) => call.listen({ messages: resolve, end: resolve }))
      call.write({ subscribe: { subscription: [{ path: { elem: [{ name: 'a' }] } }] } })
      await (await target.subscribed()).sync()
      expect(await first).to.deep.equal(inFrame(Buffer.from('1801', 'hex')))
      expect(call.direct).to.equal(true)
      call.cancel()
    } finally {
      connection.close()
      await target.close()
    }
  })
})
