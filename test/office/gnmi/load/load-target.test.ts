import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { SEQUENCE_BASE } from '../../../../src/office/gnmi/load/counters.ts'
import { type LoadOptions, LoadTarget } from '../../../../src/office/gnmi/load/load-target.ts'
import { anything, Dialled, rejected } from '../scripted/dial.ts'

interface Notification {
  timestamp: string
  prefix?: { target?: string; origin?: string; elem?: Array<{ name: string; key?: Record<string, string> }> }
  update: Array<{ path: { origin?: string; elem: Array<{ name: string }> }; val: { uint_val?: string; json_ietf_val?: Buffer } }>
}

describe('the gNMI load target', () => {
  const closing: Array<() => unknown> = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function start(options: LoadOptions) {
    const load = await LoadTarget.listen(options)
    closing.push(() => load.close())
    const dialled = new Dialled(load.address)
    closing.push(() => dialled.close())
    return { load, dialled }
  }
  const notifications = (responses: object[]) => responses.flatMap(({ update }: { update?: Notification }) => (update ? [update] : []))
  const valuesOf = ({ update }: Notification) => update.map(({ val }) => val.uint_val ?? JSON.parse(String(val.json_ietf_val)))

  for (const kind of ['uint', 'json_ietf'] as const) {
    for (const updates of [1, 10, 50]) {
      for (const prefix of [true, false]) {
        it(`sends ${updates} of ${kind}, ${prefix ? 'with' : 'without'} a prefix, numbered over many rounds`, async () => {
          // Several times through all chunks of the ring.
          const count = updates === 1 ? 3_000 : 1_000
          const { load, dialled } = await start({ kind, updates, prefix, sequence: true, timestamps: true, count, end: true })
          const before = Date.now()
          const subscription = dialled.subscribe(anything({ prefix: { target: 'core-1' } }))
          expect((await subscription.status).code).to.equal(status.OK)
          expect(subscription.responses).to.have.length(count + 1)
          expect(subscription.responses.at(-1)).to.deep.equal({ response: 'sync_response', sync_response: true })
          const sent = notifications(subscription.responses)
          for (const [i, notification] of sent.entries()) {
            expect(valuesOf(notification)).to.deep.equal(Array(updates).fill(String(SEQUENCE_BASE + i)))
            expect(BigInt(notification.timestamp) / 1_000_000n >= BigInt(before)).to.equal(true)
            expect(BigInt(notification.timestamp) / 1_000_000n <= BigInt(Date.now())).to.equal(true)
            expect(notification.prefix?.target).to.equal('core-1')
            const elems = prefix ? notification.prefix?.elem : notification.update[0]?.path.elem
            expect(elems?.[1]).to.deep.equal({ name: 'interface', key: { name: `ethernet-1/${(i % 64) + 1}` } })
            expect(notification.update[0]?.path.elem.at(-1)?.name).to.equal('in-octets')
            expect(prefix ? notification.prefix?.origin : notification.update[0]?.path.origin).to.equal('openconfig')
          }
          expect(load.sent.updates).to.equal(count * updates)
          expect(load.streams).to.have.length(1)
          expect(load.streams[0]).to.include({ target: 'core-1', messages: count, synced: true })
        }).timeout(120_000)
      }
    }
  }

  it('sends the same rounds where nothing is to change', async () => {
    const { dialled } = await start({ kind: 'uint', updates: 20, count: 200, end: true, interfaces: 3 })
    const subscription = dialled.subscribe()
    await subscription.status
    const sent = notifications(subscription.responses)
    expect(sent).to.have.length(200)
    for (const [i, notification] of sent.entries()) expect(notification).to.deep.equal(sent[i % 3])
    expect(valuesOf(sent[1] as Notification).slice(0, 2)).to.deep.equal([String(2n ** 53n + 1n + 977n), String(1_000_003 + 7_919)])
    expect(new Set(sent.slice(0, 3).map(({ timestamp }) => timestamp)).size).to.equal(3)
    expect(sent[0]?.prefix).to.not.have.property('target')
  })

  it('syncs after the first round, and goes on', async () => {
    const { load, dialled } = await start({ kind: 'uint', updates: 1, interfaces: 5 })
    const subscription = dialled.subscribe()
    await subscription.received(1_000)
    expect(subscription.responses.findIndex((response) => 'sync_response' in response)).to.equal(5)
    subscription.call.cancel()
    await subscription.status
    expect(load.sent.messages).to.be.greaterThan(999)
  })

  it('sends each message in a frame of its own on demand', async () => {
    const { dialled } = await start({ kind: 'json_ietf', updates: 1, single: true, count: 500, end: true, sequence: true })
    const subscription = dialled.subscribe()
    expect((await subscription.status).code).to.equal(status.OK)
    expect(notifications(subscription.responses).map((one) => Number(valuesOf(one)[0]) - SEQUENCE_BASE)).to.deep.equal(
      Array.from({ length: 500 }, (_, i) => i),
    )
  })

  it('keeps a rate, for many targets on one connection', async () => {
    const { load, dialled } = await start({ kind: 'uint', updates: 2, rate: 200, sequence: true, count: 40, interfaces: 8 })
    const names = Array.from({ length: 25 }, (_, i) => `switch-${i}`)
    const startedAt = performance.now()
    const subscriptions = names.map((target) => dialled.subscribe(anything({ prefix: { target } })))
    for (const subscription of subscriptions) await subscription.received(41)
    // 40 messages at 200 a second are not there before 195 ms.
    expect(performance.now() - startedAt).to.be.greaterThan(190)
    for (const [i, { responses }] of subscriptions.entries()) {
      const sent = notifications(responses)
      expect(new Set(sent.map(({ prefix }) => prefix?.target))).to.deep.equal(new Set([names[i]]))
      expect(sent.map((one) => Number(valuesOf(one)[0]) - SEQUENCE_BASE)).to.deep.equal(Array.from({ length: 40 }, (_, n) => n))
    }
    expect(load.streams.map(({ target }) => target)).to.have.members(names)
    load.endAll(status.UNAVAILABLE)
    for (const { status: over } of subscriptions) expect((await over).code).to.equal(status.UNAVAILABLE)
  })

  it('is held back by a client that does not read, and loses nothing', async () => {
    const { load, dialled } = await start({ kind: 'uint', updates: 10, sequence: true, timestamps: true })
    const subscription = dialled.subscribe()
    await subscription.received(1)
    subscription.call.pause()
    const other = new Dialled(load.address)
    closing.push(() => other.close())
    for (let still = 0, last = -1; still < 50; last = load.sent.messages) {
      still = load.sent.messages === last ? still + 1 : 0
      await other.call('Capabilities')
    }
    const held = load.sent
    expect(held.bytes).to.be.lessThan(2_000_000)
    subscription.call.resume()
    await subscription.received(held.messages + 10_000)
    subscription.call.cancel()
    const numbers = notifications(subscription.responses).map((one) => Number(valuesOf(one)[9]) - SEQUENCE_BASE)
    expect(numbers).to.deep.equal(numbers.map((_, i) => i))
  })

  it('refuses what it does not have, and garbage', async () => {
    const { dialled, load } = await start({ kind: 'uint', updates: 1 })
    expect(await rejected(dialled.call('Get'))).to.include({ code: status.UNIMPLEMENTED })
    expect(await dialled.call('Capabilities')).to.have.property('gNMI_version', '0.10.0')
    const subscription = dialled.subscribe()
    await subscription.received(1)
    load.cutAll()
    expect((await subscription.status).code).to.equal(status.UNAVAILABLE)
    expect(await rejected(LoadTarget.listen({ kind: 'uint', updates: 51 }))).to.be.instanceOf(RangeError)
  })
})
