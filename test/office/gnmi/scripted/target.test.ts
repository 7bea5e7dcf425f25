import { connect } from 'node:net'
import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { HANG, Refusal, ScriptedTarget, type TargetOptions } from '../../../../src/office/gnmi/scripted/index.ts'
import { anything, counter, Dialled, rejected } from './dial.ts'

/** Resolves when a count above 0 has not changed over 50 round trips of another connection. */
async function stoodStill(count: () => number, other: Dialled): Promise<void> {
  for (let still = 0, last = 0; still < 50; last = count()) {
    still = count() === last && last > 0 ? still + 1 : 0
    await other.call('Capabilities')
  }
}

describe('the scripted gNMI target', () => {
  const after: Array<() => unknown> = []
  afterEach(async () => {
    for (const close of after.splice(0).reverse()) await close()
  })

  async function listen(options?: TargetOptions): Promise<ScriptedTarget> {
    const target = await ScriptedTarget.listen(options)
    after.push(() => target.close())
    return target
  }
  function dial(target: ScriptedTarget, metadata: Record<string, string> = {}): Dialled {
    const dialled = new Dialled(target.address, { metadata })
    after.push(() => dialled.close())
    return dialled
  }

  describe('Subscribe', () => {
    it('keeps the request decoded and raw, with metadata and peer', async () => {
      const target = await listen()
      dial(target, { username: 'ops', password: 'secret', authorization: 'Bearer t' }).subscribe(
        anything({ mode: 'ONCE', encoding: 'JSON_IETF', prefix: { target: 'core-1' } }),
      )
      const request = await target.request(1, 'Subscribe')
      expect(request.message).to.deep.equal({
        request: 'subscribe',
        subscribe: {
          subscription: [{ path: { elem: [{ name: 'interfaces' }] } }],
          mode: 'ONCE',
          encoding: 'JSON_IETF',
          prefix: { target: 'core-1' },
        },
      })
      expect(request.raw).to.be.instanceOf(Buffer)
      expect(request.raw.toString('latin1')).to.include('interfaces').and.to.include('core-1')
      expect(request.metadata).to.include({ username: 'ops', password: 'secret', authorization: 'Bearer t' })
      expect(request.peer).to.match(/^127\.0\.0\.1:\d+$/)
      expect((await target.subscribed()).request).to.deep.equal(request.message)
    })

    it('sends objects and bytes in their order, then ends with OK', async () => {
      const target = await listen()
      target.onSubscribe = (stream) => {
        stream.send(counter('18446744073709551615'))
        stream.send(Buffer.from([0x18, 0x01]))
        stream.notify({ timestamp: '5' })
        stream.sync()
        stream.end()
      }
      const subscription = dial(target).subscribe()
      expect(await subscription.status).to.deep.equal({ code: status.OK, details: 'OK' })
      expect(subscription.responses).to.deep.equal([
        {
          response: 'update',
          update: {
            timestamp: '1774965731250417113',
            update: [{ path: { elem: [{ name: 'a' }] }, val: { value: 'uint_val', uint_val: '18446744073709551615' } }],
          },
        },
        { response: 'sync_response', sync_response: true },
        { response: 'update', update: { timestamp: '5' } },
        { response: 'sync_response', sync_response: true },
      ])
      expect(target.streams[0]).to.include({ sent: 4, syncs: 1, open: false, ended: true, cancelled: false })
    })

    it('sends bytes that are no message', async () => {
      const target = await listen()
      target.onSubscribe = (stream) => stream.send(Buffer.from([0x0a, 0xff]))
      const { code } = await dial(target).subscribe().status
      // grpc-js' client ends the RPC when its deserializer throws.
      expect(code).to.equal(status.INTERNAL)
      await target.cancelled()
    })

    it('fails before, and after, it has sent something; the next stream goes another way', async () => {
      const target = await listen()
      target.onSubscribe = (stream, _request, index) => {
        if (index === 1) stream.send(counter(1))
        if (index < 2) stream.fail(index === 0 ? status.UNAVAILABLE : status.RESOURCE_EXHAUSTED, `attempt ${index}`)
        else stream.end()
      }
      const client = dial(target)
      expect(await client.subscribe().status).to.deep.equal({ code: status.UNAVAILABLE, details: 'attempt 0' })
      const second = client.subscribe()
      expect(await second.status).to.deep.equal({ code: status.RESOURCE_EXHAUSTED, details: 'attempt 1' })
      expect(second.responses).to.have.length(1)
      expect((await client.subscribe().status).code).to.equal(status.OK)
      expect(target.connections.accepted).to.equal(1)
    })

    it('sends many messages in one frame, and one message in many', async () => {
      const target = await listen()
      target.onSubscribe = async (stream) => {
        await stream.sendPacked(Array.from({ length: 100 }, (_, i) => counter(i)))
        await stream.sendSplit(counter(100), 3)
        await stream.sendSplit({ update: { update: [{ val: { string_val: 'x'.repeat(100_000) } }] } }, 1_000)
        stream.end()
      }
      const subscription = dial(target).subscribe()
      expect((await subscription.status).code).to.equal(status.OK)
      expect(subscription.responses).to.have.length(102)
      expect(subscription.responses.slice(0, 101).map((response) => JSON.stringify(response).match(/uint_val":"(\d+)/)?.[1])).to.deep.equal(
        Array.from({ length: 101 }, (_, i) => `${i}`),
      )
      expect(target.streams[0]?.sent).to.equal(102)
    })

    it('compresses', async () => {
      const target = await listen()
      target.onSubscribe = (stream) => {
        stream.sendCompressed(counter(1))
        stream.sendCompressed(counter(2))
        stream.end()
      }
      const subscription = dial(target).subscribe()
      expect((await subscription.status).code).to.equal(status.OK)
      expect(subscription.responses).to.have.length(2)
    })

    it('sends what is not framed as gRPC', async () => {
      const target = await listen()
      target.onSubscribe = (stream) => stream.sendUnframed(Buffer.from([7, 0, 0, 0, 1, 0]))
      expect((await dial(target).subscribe().status).code).to.not.equal(status.OK)
    })

    it('floods as far as flow control lets, and stops when the client goes', async () => {
      const target = await listen()
      const message = Buffer.from([0x18, 0x01])
      const flooded = new Promise<number>((resolve) => {
        target.onSubscribe = async (stream) => resolve(await stream.flood(() => message))
      })
      const subscription = dial(target).subscribe()
      await subscription.received(1_000)
      subscription.call.cancel()
      await target.cancelled()
      expect(await flooded).to.be.greaterThan(999)
      expect(target.streams[0]?.sent).to.equal(await flooded)
    })

    it('is held back by a client that does not read', async () => {
      const target = await listen()
      const block = { update: { update: [{ val: { bytes_val: Buffer.alloc(10_000) } }] } }
      target.onSubscribe = (stream) => stream.flood(() => block)
      const subscription = dial(target).subscribe()
      subscription.call.pause()
      const stream = await target.subscribed()
      await stoodStill(() => stream.sent, dial(target))
      // Two windows of 64 KiB, and what lies in buffers between the two ends.
      expect(stream.sent).to.be.within(1, 60)
      const held = stream.sent
      subscription.call.resume()
      await target.until('more to be sent', () => stream.sent > held + 100)
    })

    it('answers polls', async () => {
      const target = await listen({ strict: true })
      target.onSubscribe = (stream) => {
        stream.onPoll = (poll) => {
          stream.send(counter(poll))
          stream.sync()
        }
        stream.sync()
      }
      const subscription = dial(target).subscribe(anything({ mode: 'POLL' }))
      await subscription.received(1)
      for (const poll of [1, 2]) {
        subscription.call.write({ poll: {} })
        await target.streams[0]?.untilPolled(poll)
        await subscription.received(1 + poll * 2)
      }
      subscription.call.end()
      await target.streams[0]?.untilHalfClosed()
      target.streams[0]?.end()
      expect((await subscription.status).code).to.equal(status.OK)
      expect(target.requests.map(({ stream, message }) => [stream, (message as { request: string }).request])).to.deep.equal([
        [0, 'subscribe'],
        [0, 'poll'],
        [0, 'poll'],
      ])
    })

    it('tells a cancel, a connection that goes, and its own end apart', async () => {
      const target = await listen()
      const [first, second] = [dial(target), dial(target)]
      const one = first.subscribe()
      await target.subscribed(1)
      second.subscribe()
      await target.subscribed(2)
      first.subscribe()
      const third = await target.subscribed(3)
      expect(target.openStreams).to.equal(3)
      one.call.cancel()
      await target.cancelled(1)
      expect(target.streams.map(({ open }) => open)).to.deep.equal([false, true, true])
      second.client.getChannel().close()
      target.streams[1]?.drop()
      third.end()
      await target.until('all to be over', () => target.openStreams === 0)
      expect(target.streams.map(({ cancelled }) => cancelled)).to.deep.equal([true, false, false])
      expect(target.cancelledStreams).to.equal(1)
    })

    for (const reset of [false, true]) {
      it(`drops the connection by ${reset ? 'RST' : 'FIN'}, with all its streams and no other`, async () => {
        const target = await listen()
        const [first, second] = [dial(target), dial(target)]
        const subscriptions = [first.subscribe(), first.subscribe()]
        await target.subscribed(2)
        second.subscribe()
        await target.subscribed(3)
        target.streams[0]?.drop({ reset })
        for (const { status: over } of subscriptions) expect((await over).code).to.equal(status.UNAVAILABLE)
        await target.until('the connection to be gone', () => target.connections.open === 1)
        expect(target.streams.map(({ open }) => open)).to.deep.equal([false, false, true])
      })
    }

    it('resets one stream, and sends GOAWAY', async () => {
      const target = await listen()
      const client = dial(target)
      const [first, second] = [client.subscribe(), client.subscribe()]
      await target.subscribed(2)
      target.streams[0]?.reset()
      expect((await first.status).code).to.equal(status.INTERNAL)
      expect(target.streams[1]?.open).to.equal(true)
      target.streams[1]?.goAway()
      await second.status
    })
  })

  describe('Capabilities, Get and Set', () => {
    it('answers with a message, bytes, a status, a function, or not at all', async () => {
      const target = await listen()
      const client = dial(target)
      expect(await client.call('Capabilities')).to.deep.include({
        gNMI_version: '0.10.0',
        supported_encodings: ['JSON', 'BYTES', 'PROTO', 'ASCII', 'JSON_IETF'],
      })
      target.answers.Capabilities = Buffer.from([0x10, 0x63, 0x1a, 0x01, 0x39])
      expect(await client.call('Capabilities')).to.deep.equal({ supported_encodings: [99], gNMI_version: '9' })
      target.answers.Get = new Refusal(status.NOT_FOUND, 'no such path')
      expect(await rejected(client.call('Get'))).to.include({ code: status.NOT_FOUND, details: 'no such path' })
      target.answers.Get = async ({ message }, index) => ({
        notification: [{ timestamp: `${index}`, prefix: (message as { prefix: object }).prefix }],
      })
      expect(await client.call('Get', { prefix: { target: 'x' } })).to.deep.equal({
        notification: [{ timestamp: '1', prefix: { target: 'x' } }],
      })
      target.answers.Get = HANG
      const call = client.client.Get({}, new (await import('@grpc/grpc-js')).Metadata(), () => {})
      await target.request(3, 'Get')
      call.cancel()
      await target.until('the cancel', () => target.cancelledCalls === 1)
    })

    it('sets everything, in the order of the specification', async () => {
      const target = await listen()
      const path = (name: string) => ({ elem: [{ name }] })
      const answer = await dial(target).call('Set', {
        update: [{ path: path('u'), val: { json_ietf_val: Buffer.from('1') } }],
        replace: [{ path: path('r') }],
        delete: [path('d')],
      })
      expect(answer).to.deep.include({
        response: [
          { path: path('d'), op: 'DELETE' },
          { path: path('r'), op: 'REPLACE' },
          { path: path('u'), op: 'UPDATE' },
        ],
      })
      expect(target.requests[0]?.method).to.equal('Set')
    })
  })

  it('lets in only who has the credentials', async () => {
    const target = await listen({ credentials: { username: 'ops', password: 'secret' } })
    const wrong = dial(target, { username: 'ops', password: 'wrong' })
    expect(await wrong.subscribe().status).to.include({ code: status.UNAUTHENTICATED })
    expect(await rejected(wrong.call('Capabilities'))).to.include({ code: status.UNAUTHENTICATED })
    expect(await dial(target, { username: 'ops', password: 'secret' }).call('Capabilities')).to.have.property('gNMI_version')
    const byToken = await listen({ credentials: { token: 'abc' } })
    expect(await rejected(dial(byToken).call('Set'))).to.include({ code: status.UNAUTHENTICATED })
    expect(await dial(byToken, { authorization: 'Bearer abc' }).call('Set')).to.have.property('timestamp')
  })

  it('refuses on demand what a strict target refuses, by number', async () => {
    const target = await listen({ strict: true })
    const client = dial(target)
    const { code, details } = await client.subscribe({ subscribe: { qos: { marking: 1 } } }).status
    expect({ code, details }).to.deep.equal({
      code: status.INVALID_ARGUMENT,
      details: '2: no subscription in the list; 15: qos is set',
    })
    const twice = client.subscribe()
    twice.call.write(anything())
    expect((await twice.status).details).to.equal('1: a second SubscriptionList on one RPC')
    const poll = client.subscribe(anything({ mode: 'POLL' }))
    poll.call.write({ poll: {} })
    expect((await poll.status).details).to.equal('40: a poll before the sync')
    expect(await rejected(client.call('Get', { path: [{ target: 'x' }] }))).to.include({ details: '4: target in a path (path 0)' })
    expect(await rejected(client.call('Set', { update: [{ path: { element: ['a'] } }] }))).to.include({
      details: '11: element is used (path 0)',
    })
  })

  it('lets a script have the connection instead of gRPC', async () => {
    const target = await listen()
    target.onConnection = (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(target.port, '127.0.0.1')
      socket.on('data', (data) => resolve(String(data)))
    })
    expect(answer).to.match(/^HTTP\/1\.1 400/)
    target.onConnection = () => {}
    const subscription = dial(target).subscribe()
    await target.connected(2)
    subscription.call.cancel()
    expect((await subscription.status).code).to.equal(status.CANCELLED)
  })

  it('lets go of its port, whoever is still connected, and says what was waited for', async () => {
    const target = await ScriptedTarget.listen()
    const subscription = dial(target).subscribe()
    await target.subscribed()
    const waiting = target.subscribed(2)
    await target.close()
    expect(await rejected(waiting)).to.match(/the target was closed while waiting for Subscribe RPC 2/)
    expect((await subscription.status).code).to.equal(status.UNAVAILABLE)
    const again = await listen({ port: target.port })
    expect(again.port).to.equal(target.port)
    expect(await rejected(ScriptedTarget.listen({ port: target.port }))).to.match(/EADDRINUSE/)
  })
})
