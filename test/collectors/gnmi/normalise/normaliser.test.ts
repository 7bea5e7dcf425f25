import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { compileMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import type { CompiledMappings } from '../../../../src/collectors/gnmi/normalise/compiled-mappings.ts'
import { Normaliser } from '../../../../src/collectors/gnmi/normalise/normaliser.ts'
import type { Sample } from '../../../../src/collectors/gnmi/normalise/sample.ts'
import { ResponseDecoder } from '../../../../src/collectors/gnmi/wire/decoder.ts'
import { Malformed } from '../../../../src/collectors/gnmi/wire/malformed.ts'
import { Mutator } from '../support/mutate.ts'
import { counters, json, message } from './support/messages.ts'
import { bytesOf, responseOf, samplesOf } from './support/notifications.ts'

/** 2026-03-31T14:00:00Z */
const T = Date.UTC(2026, 2, 31, 14)
const byMetric = (samples: readonly Sample[]) => Object.fromEntries(samples.map(({ metric, value }) => [metric, value]))

describe('normalised gNMI metrics', () => {
  let mappings: CompiledMappings
  let normaliser: Normaliser
  const take = (response: object) => samplesOf(normaliser, response)
  before(async () => {
    mappings = await compileMappings()
  })
  beforeEach(() => {
    normaliser = new Normaliser(mappings)
  })

  it('are gauges as they are, in the units of the vocabulary', () => {
    const samples = take(
      message(T, {
        '/system/cpus/cpu[index=ALL]/state/total/instant': 97,
        '/system/state/up-time': 9_007_199_254_740_993_000n,
        '/interfaces/interface[name=e1]/state/oper-status': 'DOWN',
      }),
    )
    expect(samples).to.deep.equal([
      { metric: 'cpu_load', unit: 'ratio', instance: '', value: 0.97 },
      { metric: 'uptime', unit: 's', instance: '', value: 9_007_199_254 },
      { metric: 'if_oper_status', unit: 'state', instance: 'e1', value: 0 },
    ])
  })

  it('are rates of counters, exact beyond 2^53', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 63n }),
        fc.nat(1_000_000),
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (start, passed, lost, seconds, text) => {
          normaliser = new Normaliser(mappings)
          const shown = (value: bigint) => (text ? json(`"${value}"`) : value)
          const reading = (time: number, pkts: bigint, discards: bigint) =>
            counters(time, 'e1', {
              'in-octets': shown(start + pkts * 100n),
              'in-pkts': shown(start + pkts),
              'in-discards': shown(discards),
            })
          expect(take(reading(T, 0n, 0n))).to.deep.equal([])
          const samples = take(reading(T + seconds * 1000, BigInt(passed), BigInt(lost)))
          expect(byMetric(samples)).to.deep.equal({
            if_in_bps: Math.round((passed * 800) / seconds),
            ...(passed + lost > 0 && { packet_loss: lost / (lost + passed) }),
          })
          for (const { interval } of samples) expect(interval).to.equal(seconds)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('are no rates across a restart, a repeat or a step back in time', () => {
    const at = (seconds: number, octets: number) => byMetric(take(counters(T + seconds * 1000, 'e1', { 'in-octets': octets })))
    expect(at(10, 3_000_000_000_000)).to.deep.equal({})
    expect(at(20, 10)).to.deep.equal({})
    expect(at(20, 20)).to.deep.equal({})
    expect(at(15, 30)).to.deep.equal({})
    expect(at(30, 1_010)).to.deep.equal({ if_in_bps: 800 })
    expect(normaliser.counts).to.include({ resets: 1, stale: 2 })
  })

  it('do not depend on the order of arrival, but for the readings that came too late', () => {
    const reading = fc.record({ second: fc.integer({ min: 1, max: 50 }), octets: fc.nat(1_000_000) })
    fc.assert(
      fc.property(fc.array(reading, { minLength: 2, maxLength: 12 }), (arrivals) => {
        normaliser = new Normaliser(mappings)
        const ordered = new Normaliser(mappings)
        const send = (to: Normaliser, { second, octets }: { second: number; octets: number }) =>
          // The counter only grows: by its time, so that each order of arrival reads the same counter.
          samplesOf(to, counters(T + second * 1000, 'e1', { 'in-octets': second * 1_000_000 + octets }))
        const isInTime = ({ second }: { second: number }, i: number) => arrivals.slice(0, i).every((earlier) => earlier.second < second)
        const inTime = arrivals.filter(isInTime)
        expect(arrivals.flatMap((arrival) => send(normaliser, arrival))).to.deep.equal(inTime.flatMap((arrival) => send(ordered, arrival)))
        expect(normaliser.counts.stale).to.equal(arrivals.length - inTime.length)
      }),
    )
  })

  it('keep interfaces apart, and count what is no number', () => {
    const many = { 'in-octets': 0, 'out-octets': 'many' }
    take(counters(T, 'e1', { 'in-octets': 0 }))
    take(counters(T, 'e2', many))
    const samples = [...take(counters(T + 1000, 'e1', { 'in-octets': 1 })), ...take(counters(T + 1000, 'e2', { ...many, 'in-octets': 2 }))]
    expect(samples.map(({ instance, metric, value }) => [instance, metric, value])).to.deep.equal([
      ['e1', 'if_in_bps', 8],
      ['e2', 'if_in_bps', 16],
    ])
    expect(normaliser.counts.unreadable).to.equal(2)
    expect(normaliser.lastUnreadable).to.equal('/interfaces/interface[name=*]/state/counters/out-octets of e2')
  })

  it('are the same for a leaf, for a container and for the whole tree as JSON', () => {
    const leaf = take(message(T, { '/interfaces/interface[name=e1]/state/oper-status': json('"UP"') }))
    const container = take(message(T, { '/interfaces/interface[name=e1]/state': json({ 'oper-status': 'openconfig-interfaces:UP' }) }))
    const list = take(message(T, { '/interfaces/interface': json([{ state: { 'oper-status': 'UP' }, name: 'e1' }]) }))
    const tree = take(message(T, { '': json({ interfaces: { interface: [{ name: 'e1', state: { 'oper-status': 'UP' } }] } }) }))
    const spaced = take(
      message(T, { '/interfaces': json(' {\n "interface" : [ { "name" : "e1", "state" : { "oper-status" : "UP" } } ] } ') }),
    )
    expect(leaf).to.deep.equal([{ metric: 'if_oper_status', unit: 'state', instance: 'e1', value: 1 }])
    const wildcard = take(message(T, { '/interfaces/interface[name=*]': json([{ name: 'e1', state: { 'oper-status': 'UP' } }]) }))
    for (const other of [wildcard, container, list, tree, spaced]) expect(other).to.deep.equal(leaf)
  })

  it('take from JSON what comes before the point where it breaks, and count it', () => {
    const broken = '{"interface":[{"name":"e1","state":{"oper-status":"UP"}},{"name":"e2","state":{"oper-'
    expect(take(message(T, { '/interfaces': json(broken) }))).to.have.length(1)
    expect(normaliser.counts.unreadable).to.equal(1)
    expect(normaliser.lastUnreadable).to.equal('/interfaces: not JSON')
  })

  it('are none of a list entry whose key is missing', () => {
    expect(take(message(T, { '/interfaces/interface/state/oper-status': 'UP' }))).to.deep.equal([])
    expect(take(message(T, { '/interfaces/interface[name=*]/state/oper-status': 'UP' }))).to.deep.equal([])
    expect(take(message(T, { '/interfaces/interface': json([{ state: { 'oper-status': 'UP' } }]) }))).to.deep.equal([])
  })

  it('are none of syncs, empty responses and errors', () => {
    for (const response of [{ sync_response: true }, {}, { error: { code: 3, message: 'no' } }, { update: { timestamp: '1' } }])
      expect(normaliser.samples(responseOf(response), T)).to.deep.equal([])
  })

  it('use a wrap only as far as the speed of the interface makes it plausible', () => {
    const fall = (speed: string | undefined) => {
      normaliser = new Normaliser(mappings)
      if (speed) take(message(T, { '/interfaces/interface[name=e1]/ethernet/state/port-speed': speed }))
      take(counters(T, 'e1', { 'in-octets': 3_000_000_000 }))
      // Wrapped, it would have been 1,299,967,296 octets in 10 s: 1.04 Gbit/s.
      return byMetric(take(counters(T + 10_000, 'e1', { 'in-octets': 5_000_000 })))
    }
    expect(fall(undefined)).to.deep.equal({ if_in_bps: 1_039_973_837 })
    expect(fall('SPEED_10GB')).to.deep.equal({ if_in_bps: 1_039_973_837 })
    expect(fall('SPEED_100MB')).to.deep.equal({})
  })

  it('forget what was deleted', () => {
    const reading = (second: number) => {
      const both = [counters(T + second * 1000, 'e1', { 'in-octets': second }), counters(T + second * 1000, 'e2', { 'in-octets': second })]
      return both.flatMap(take).map(({ instance }) => instance)
    }
    reading(1)
    expect(reading(2)).to.deep.equal(['e1', 'e2'])
    take(message(T, {}, { deletes: ['/interfaces/interface[name=e1]'] }))
    expect(reading(3)).to.deep.equal(['e2'])
    take(message(T, {}, { deletes: ['/interfaces'] }))
    expect(reading(4)).to.deep.equal([])
    take(
      message(T, {}, { deletes: ['/network-instances/network-instance[name=default]/afts', '/system', '/interfaces/interface[name=e3]'] }),
    )
    expect(reading(5)).to.deep.equal(['e1', 'e2'])
    take(message(T, {}, { prefix: '/interfaces/interface[name=e2]', deletes: ['/state/counters/in-octets'] }))
    expect(reading(6)).to.deep.equal(['e1'])
    take(message(T, {}, { deletes: ['/*/interface[name=*]/state'] }))
    expect(reading(7)).to.deep.equal([])
    normaliser.reset()
    expect(reading(8)).to.deep.equal([])
    expect(reading(9)).to.deep.equal(['e1', 'e2'])
  })

  it('go on after a new stream, and begin anew after a reboot', () => {
    const boot = (time: number, value: number) => take(message(time, { '/system/state/boot-time': value }))
    const octets = (second: number, value: number) => byMetric(take(counters(T + second * 1000, 'e1', { 'in-octets': value })))
    boot(T, T - 3_600_000)
    octets(0, 1000)
    normaliser.samples(responseOf({ sync_response: true }), T)
    expect(octets(10, 2250)).to.deep.equal({ if_in_bps: 1000 })
    // The same boot told again, in s, after the clock was put right.
    expect(byMetric(boot(T + 11_000, (T - 3_602_000) / 1000))).to.deep.equal({ uptime: 3613 })
    expect(byMetric(boot(T + 60_000, T + 30_000))).to.deep.equal({ reboot: 1, uptime: 30 })
    expect(octets(61, 1_000_000)).to.deep.equal({})
    expect(octets(71, 1_001_250)).to.deep.equal({ if_in_bps: 1000 })
  })

  it('go on after a clock that was years ahead was put right', () => {
    const AHEAD = 10 * 365 * 86_400_000
    const at = (time: number, second: number) => [
      ...take(
        counters(time, 'e1', { 'in-octets': second * 1250, 'in-pkts': second * 10, 'in-discards': 0, 'out-pkts': 0, 'out-discards': 0 }),
      ),
      ...take(message(time, { '/system/memory/state/used': second, '/system/memory/state/physical': 100 })),
      ...take(message(time, { '/system/state/up-time': second * 1_000_000_000 })),
    ]
    const flowing = { if_in_bps: 10_000, packet_loss: 0 }
    at(T, 10)
    at(T + AHEAD, 20)
    // From there on as if it were new: nothing is known of the time in between.
    expect(byMetric(at(T + 20_000, 30))).to.deep.equal({ uptime: 30, memory_used: 0.3 })
    expect(byMetric(at(T + 30_000, 40))).to.deep.equal({ ...flowing, uptime: 40, memory_used: 0.4 })
    // A device without a clock of its own boots in the past.
    expect(byMetric(at(Date.UTC(2000, 0, 1), 5))).to.include({ uptime: 5, reboot: 1 })
    // And a fallback is not kept out for years by what it stands in for.
    const rates = (time: number) => byMetric(take(message(time, { '/interfaces/interface[name=e9]/rates/state/in-bits-rate': 7 })))
    take(counters(T + AHEAD, 'e9', { 'in-octets': 0 }))
    expect(rates(T)).to.deep.equal({ if_in_bps: 7 })
  })

  it('take no boot time that cannot be one', () => {
    for (const value of [0, 1234, T + 3_600_000, 'yesterday']) {
      expect(take(message(T, { '/system/state/boot-time': value })), String(value)).to.deep.equal([])
    }
    expect(normaliser.counts.unreadable).to.equal(4)
  })

  it('come from a fallback only while there is nothing better', () => {
    const rates = (second: number) => take(message(T + second * 1000, { '/interfaces/interface[name=e1]/rates/state/in-bits-rate': 7 }))
    expect(byMetric(rates(0))).to.deep.equal({ if_in_bps: 7 })
    take(counters(T + 1000, 'e1', { 'in-octets': 0 }))
    expect(rates(2)).to.deep.equal([])
    expect(byMetric(rates(302))).to.deep.equal({ if_in_bps: 7 })
    // What cannot be read is nothing better.
    const uptime = (up: unknown) => take(message(T, { '/system/state/up-time': up, '/system/state/boot-time': T - 5000 }))
    expect(byMetric(uptime('long'))).to.deep.equal({ uptime: 5 })
    expect(uptime(6_000_000_000)).to.have.length(1)
  })

  it('count packets once, whichever counters a device has', () => {
    const parts = { 'in-unicast-pkts': 0, 'in-multicast-pkts': 0, 'in-errors': 0 }
    const later = { 'in-unicast-pkts': 8, 'in-multicast-pkts': 1, 'in-errors': 1 }
    take(counters(T, 'e1', parts))
    expect(byMetric(take(counters(T + 1000, 'e1', later)))).to.deep.equal({ packet_loss: 0.1 })
    take(counters(T, 'e2', { ...parts, 'in-pkts': 0 }))
    expect(byMetric(take(counters(T + 1000, 'e2', { ...later, 'in-pkts': 19 })))).to.deep.equal({ packet_loss: 0.05 })
  })

  it('keep a bounded state: what was not heard of for longest goes first', () => {
    normaliser = new Normaliser(mappings, { capacity: 40 })
    const octets = (second: number, name: string) => take(counters(T + second * 1000, name, { 'in-octets': second }))
    for (let i = 0; i < 1000; i++) {
      octets(i, 'steady')
      octets(i, `passing-${i}`)
    }
    expect(octets(1000, 'steady')).to.have.length(1)
    expect(octets(1000, 'passing-999')).to.have.length(1)
    expect(octets(1000, 'passing-1')).to.have.length(0)
    expect(normaliser.counts.evicted).to.be.greaterThan(900)
  })

  it('never throw, whatever the value of a leaf that a rule is about', () => {
    const value = fc.oneof(
      fc.string().map((text) => ({ string_val: text })),
      fc.json().map((text) => json(text)),
      fc.string().map((text) => json(text)),
      fc.string().map((text) => json(`"\\${text}"`)),
      fc.double().map((number) => ({ double_val: Number.isFinite(number) ? number : 'NaN' })),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((number) => ({ int_val: String(number) })),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => ({ bytes_val: Buffer.from(bytes).toString('base64') })),
      fc.constant({ leaflist_val: { element: [{ uint_val: '1' }] } }),
      fc.constant({}),
    )
    const paths = [
      '/interfaces/interface[name=e1]/state/counters/in-octets',
      '/interfaces/interface[name=e1]/state/counters/in-errors',
      '/interfaces/interface[name=e1]/state/oper-status',
      '/system/state/boot-time',
      '/system/state/up-time',
      '/system/memory/state/used',
      '/interfaces/interface',
      '',
    ]
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), value)), (updates) => {
        for (const { metric, value } of take(message(T, Object.fromEntries(updates)))) expect(Number.isFinite(value), metric).to.equal(true)
      }),
      { numRuns: 300 },
    )
  })

  it('never throw on what the decoder makes of mutated messages of devices', () => {
    const folder = join(import.meta.dirname, 'testcases')
    const messages = readdirSync(folder).flatMap((name): object[] =>
      JSON.parse(readFileSync(join(folder, name, 'notifications.json'), 'utf8')),
    )
    const mutator = new Mutator(messages.map(bytesOf), 1)
    const decoder = new ResponseDecoder()
    let samples = 0
    for (let i = 0; i < 20_000; i++) {
      const response = decoder.decode(mutator.next())
      if (response instanceof Malformed) continue
      for (const { metric, value } of normaliser.samples(response, T + i * 10)) {
        samples++
        if (!Number.isFinite(value)) throw new Error(`${metric} is ${value}`)
      }
    }
    expect(samples).to.be.greaterThan(1000)
  })
})
