import { expect } from 'chai'
import fc from 'fast-check'
import { type Change, coalesce, makeChange } from '../../../src/server/feed/change.ts'
import { ChannelFeed, type NewChange } from '../../../src/server/feed/channel-feed.ts'
import { Journal } from '../../../src/server/feed/journal.ts'

const made = (topic: string, kind: NewChange['class'], key: string, offset: number, value: unknown = offset): NewChange => ({
  class: kind,
  slot: `${topic}\0${key}`,
  timestamp: offset,
  wire: { topic, partition: 0, offset, key, time: '', value: value === null ? null : { value } },
})

/** Changes of all classes, offsets rising in each topic. */
const streams = fc
  .array(fc.tuple(fc.constantFrom('alerts', 'insights', 'device_metrics'), fc.integer({ min: 0, max: 3 }), fc.boolean()))
  .map((steps) => {
    const next: Record<string, number> = {}
    return steps.map(([topic, key, gone]) => {
      next[topic] = (next[topic] ?? -1) + 1
      const kind = topic === 'alerts' ? 'alert' : topic === 'insights' ? 'event' : 'gauge'
      return made(topic, kind, `k${key}`, next[topic], gone && topic !== 'insights' ? null : undefined)
    })
  })

/** What somebody knows who applies changes as they come. */
function applied(changes: readonly Change[], state = new Map<string, unknown>()): Map<string, unknown> {
  for (const { wire, slot } of changes) {
    if (wire.topic === 'insights') continue
    if (wire.value === null) state.delete(slot)
    else state.set(slot, wire.value.value)
  }
  return state
}

describe('what a channel knows', () => {
  it('gives whoever comes later the same state as whoever was there all the time, wherever it was cut', () => {
    fc.assert(
      fc.property(streams, fc.nat(), (stream, cut) => {
        const feed = new ChannelFeed('operations')
        const at = stream.length === 0 ? 0 : cut % (stream.length + 1)
        const all = stream.slice(0, at).map((change) => feed.add(change))
        const [state, seq] = [applied(feed.snapshot()), feed.seq]
        expect([...state].sort()).to.deep.equal([...applied(all)].sort())
        all.push(...stream.slice(at).map((change) => feed.add(change)))
        const missed = feed.after(seq)
        expect([...applied(missed?.changes ?? [], state)].sort()).to.deep.equal([...applied(all)].sort())
        const lasting = (changes: readonly Change[]) => changes.filter((change) => change.class !== 'gauge').map((change) => change.seq)
        expect(lasting(missed?.changes ?? [])).to.deep.equal(lasting(all.slice(at)))
        expect(missed?.coalesced).to.equal(all.length - at - (missed?.changes.length ?? 0))
      }),
    )
  })

  it('coalesces gauges, never anything else, and keeps the order', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const changes = stream.map((change, i) => makeChange(i, change.class, change.slot, change.timestamp, change.wire))
        const { kept, coalesced } = coalesce(changes)
        expect(kept.length + coalesced).to.equal(changes.length)
        expect(kept.map(({ seq }) => seq)).to.deep.equal([...kept.map(({ seq }) => seq)].sort((a, b) => a - b))
        expect(kept.filter((change) => change.class !== 'gauge')).to.deep.equal(changes.filter((change) => change.class !== 'gauge'))
        expect([...applied(kept)].sort()).to.deep.equal([...applied(changes)].sort())
      }),
    )
  })

  it('says when what came since is no longer all there, rather than leave some out', () => {
    const feed = new ChannelFeed('operations', new Journal(500))
    feed.journal.begin('insights', 0, 0)
    for (let offset = 0; offset < 50; offset++) feed.add(made('insights', 'event', 'k', offset))
    expect(feed.journal.bytes).to.be.at.most(500)
    expect(feed.after(0)).to.equal(undefined)
    const held = feed.journal.all()
    const [first] = held
    expect(feed.after((first?.seq ?? 0) - 1)?.changes).to.deep.equal(held)
    expect(feed.journal.covers('insights', 0, first?.wire.offset ?? 0)).to.equal(true)
    expect(feed.journal.covers('insights', 0, (first?.wire.offset ?? 0) - 1)).to.equal(false)
    expect(feed.journal.covers('alerts', 0, 0)).to.equal(false)
  })
})
