import { expect } from 'chai'
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
})
