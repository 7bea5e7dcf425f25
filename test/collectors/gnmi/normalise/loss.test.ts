import { expect } from 'chai'
import fc from 'fast-check'
import { compileMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import type { CompiledMappings } from '../../../../src/collectors/gnmi/normalise/compiled-mappings.ts'
import { Normaliser } from '../../../../src/collectors/gnmi/normalise/normaliser.ts'
import { counters } from './support/messages.ts'
import { samplesOf } from './support/notifications.ts'

describe('packet_loss of an interface', () => {
  let mappings: CompiledMappings
  let normaliser: Normaliser
  before(async () => {
    mappings = await compileMappings()
  })
  beforeEach(() => {
    normaliser = new Normaliser(mappings)
  })

  /** The losses that counters, at a second, give: ratio and interval. */
  const at = (second: number, values: Readonly<Record<string, number>>) =>
    samplesOf(normaliser, counters(1_774_965_731_000 + second * 1000, 'e1', values))
      .filter(({ metric }) => metric === 'packet_loss')
      .map(({ value, interval }) => [value, interval])

  it('comes with each notification that has all counters', () => {
    expect(at(0, { 'in-pkts': 0, 'in-errors': 0, 'out-pkts': 0, 'out-discards': 0 })).to.deep.equal([])
    expect(at(10, { 'in-pkts': 50, 'in-errors': 5, 'out-pkts': 40, 'out-discards': 5 })).to.deep.equal([[0.1, 10]])
    expect(at(20, { 'in-pkts': 60, 'in-errors': 5, 'out-pkts': 50, 'out-discards': 5 })).to.deep.equal([[0, 10]])
  })

  it('comes when the last of the counters was read, if they come one by one, in whatever order', () => {
    for (const [second, pkts, errors] of [
      [0, 0, 0],
      [10, 99, 1],
      [20, 199, 1],
      [30, 200, 100],
    ] as const) {
      const [first, last] = second === 20 ? ['in-errors', 'in-pkts'] : ['in-pkts', 'in-errors']
      const values: Record<string, number> = { 'in-pkts': pkts, 'in-errors': errors }
      expect(at(second, { [first as string]: values[first as string] as number })).to.deep.equal([])
      const losses = at(second + 1, { [last as string]: values[last as string] as number })
      expect(losses).to.have.length(second === 0 ? 0 : 1)
      if (second === 10) expect(losses).to.deep.equal([[0.01, 10]])
      if (second === 30) expect(losses[0]?.[0]).to.equal(0.99)
    }
  })

  it('takes counters that do not come again for unchanged: the round ends when the next one begins', () => {
    at(0, { 'in-pkts': 0, 'in-errors': 0 })
    expect(at(10, { 'in-pkts': 90 })).to.deep.equal([])
    expect(at(20, { 'in-pkts': 180 })).to.deep.equal([[0, 10]])
    // The errors complete this round.
    expect(at(20.5, { 'in-errors': 10 })).to.deep.equal([[0.1, 10]])
  })

  it('needs both a counter of lost and one of passed packets, and packets', () => {
    at(0, { 'in-pkts': 0 })
    expect(at(10, { 'in-pkts': 90 })).to.deep.equal([])
    expect(at(20, { 'in-pkts': 180, 'in-errors': 0 })).to.deep.equal([])
    // The errors of the round before are not known: they were first read in the midst of it.
    expect(at(30, { 'in-pkts': 270, 'in-errors': 10 })).to.deep.equal([[0.1, 10]])
    expect(at(40, { 'in-pkts': 270, 'in-errors': 10 })).to.deep.equal([])
  })

  it('is none of a round in which a counter began anew', () => {
    at(0, { 'in-pkts': 1000, 'in-errors': 100 })
    expect(at(10, { 'in-pkts': 1090, 'in-errors': 0 })).to.deep.equal([])
    expect(at(20, { 'in-pkts': 1180, 'in-errors': 10 })).to.deep.equal([[0.1, 10]])
  })

  it('is not disturbed by late readings', () => {
    at(0, { 'in-pkts': 0, 'in-errors': 0 })
    at(20, { 'in-pkts': 180, 'in-errors': 20 })
    expect(at(10, { 'in-pkts': 90, 'in-errors': 10 })).to.deep.equal([])
    expect(at(30, { 'in-pkts': 270, 'in-errors': 30 })).to.deep.equal([[0.1, 10]])
  })

  it('is that of each notification by itself, whatever the order in it, and whenever a counter joins or begins anew', () => {
    const names = ['in-pkts', 'in-errors', 'in-discards', 'out-pkts', 'out-errors', 'out-discards']
    const notification = fc.record({
      growth: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 6, maxLength: 6 }),
      order: fc.shuffledSubarray(names, { minLength: 6 }),
      reset: fc.option(fc.constantFrom(...names), { freq: 5 }),
    })
    // Counters that are there from the start, and those that join later.
    const start = fc.shuffledSubarray(names, { minLength: 1 })
    fc.assert(
      fc.property(
        fc.array(notification, { minLength: 4, maxLength: 8 }),
        start,
        fc.integer({ min: 1, max: 3 }),
        (notifications, early, joins) => {
          normaliser = new Normaliser(mappings)
          const stand = Object.fromEntries(names.map((name) => [name, 2 ** 40]))
          notifications.forEach(({ growth, order, reset }, i) => {
            const before = { ...stand }
            names.forEach((name, n) => {
              stand[name] = (stand[name] as number) + (growth[n] as number)
            })
            if (reset) stand[reset] = 0
            const sent = order.filter((name) => i >= joins || early.includes(name))
            const given = at(i * 10, Object.fromEntries(sent.map((name) => [name, stand[name] as number])))
            // The first notification with all counters has nothing to compare some of them with.
            if (i <= joins) return
            const grown = (names: readonly string[]) =>
              names.reduce((sum, name) => sum + (stand[name] as number) - (before[name] as number), 0)
            const lost = grown(['in-errors', 'in-discards', 'out-errors', 'out-discards'])
            // A counter that was at its beginning already does not show that it began anew.
            const fell = names.some((name) => (stand[name] as number) < (before[name] as number))
            // A late value of the notification before may come first.
            expect(given.at(-1)).to.deep.equal(fell ? undefined : [lost / (lost + grown(['in-pkts', 'out-pkts'])), 10])
          })
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is that of each notification again after a reboot that is told in the midst of one', () => {
    const all = (i: number) => ({ 'in-pkts': i * 90, 'in-errors': i * 10, 'out-pkts': i * 90, 'out-errors': i * 10 })
    const time = 1_774_965_731_000
    const boot = (second: number, booted: number) => {
      const { update } = counters(time + second * 1000, 'e1', all(second)) as {
        update: { prefix: { elem: object[] }; update: Array<{ path: { elem: object[] } }> }
      }
      const bootTime = {
        path: { elem: [{ name: 'system' }, { name: 'state' }, { name: 'boot-time' }] },
        val: { uint_val: String(time + booted * 1000) },
      }
      const full = update.update.map((leaf) => ({ ...leaf, path: { elem: [...update.prefix.elem, ...leaf.path.elem] } }))
      return { update: { ...update, prefix: {}, update: [...full.slice(0, 2), bootTime, ...full.slice(2)] } }
    }
    const losses = (message: object) => samplesOf(normaliser, message).filter(({ metric }) => metric === 'packet_loss').length
    expect(
      [boot(10, -100), boot(20, -100), boot(30, 25), boot(40, 25), boot(50, 25), boot(60, 25), boot(70, 25)].map(losses),
    ).to.deep.equal([0, 1, 0, 0, 1, 1, 1])
  })
})
