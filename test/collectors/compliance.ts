import { expect } from 'chai'
import type { Clock } from '../../src/base/clock.ts'
import type { Logger } from '../../src/base/log.ts'
import type { OutRecord } from '../../src/bus/bus.ts'
import type { CollectorContext, Sink } from '../../src/collectors/collector.ts'
import { Counters } from '../../src/collectors/metrics.ts'
import { isTopicName, validateRecord } from '../../src/events/index.ts'

/** A bus that remembers, and can be told to be slow. */
export class RecordingSink implements Sink {
  readonly records: Array<OutRecord & { topic: string }> = []
  /** Appends wait for this. */
  gate: Promise<void> = Promise.resolve()

  async append(topic: string, records: readonly OutRecord[]) {
    await this.gate
    this.records.push(...records.map((record) => ({ ...record, topic })))
    return []
  }

  of(topic: string): Array<Record<string, unknown>> {
    return this.records.filter((record) => record.topic === topic).map(({ value }) => JSON.parse(String(value)) as Record<string, unknown>)
  }
}

/** Time stands still; a sleep ends when the signal aborts, or at the next turn. */
export const stillClock = (now: number): Clock => ({
  now: () => now,
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
})

export class MemoryLogger implements Logger {
  readonly lines: string[] = []
  debug(line: string): void {
    this.lines.push(line)
  }
  info(line: string): void {
    this.lines.push(line)
  }
  warn(line: string): void {
    this.lines.push(line)
  }
  error(line: string): void {
    this.lines.push(line)
  }
}

export type Surroundings = Omit<CollectorContext<unknown>, 'config'> & { bus: RecordingSink; metrics: Counters; logger: MemoryLogger }

/** How the suite plays a collector. */
export interface Played {
  /** Runs the collector on a source under the suite's control. */
  run(surroundings: Surroundings): Promise<void>
  /** Hands the source `count` good inputs; resolves when the collector took them, or when it stops. */
  good(count: number): Promise<void>
  /** Hands it input that cannot be read. */
  bad(): Promise<void>
  /** Ends the source. */
  end(): Promise<void>
  /** The dead-letter topic that keeps bad input; null where privacy forbids keeping it. */
  dlq: string | null
}

const NOW = Date.UTC(2026, 0, 30, 8)

/** What every collector must do (src/collectors/collector.ts), the same for all. */
export function compliance(name: string, play: () => Promise<Played>): void {
  describe(`${name}: what every collector must do`, () => {
    let played: Played
    let surroundings: Surroundings
    let stop: AbortController
    let running: Promise<void>

    beforeEach(async () => {
      played = await play()
      stop = new AbortController()
      surroundings = {
        bus: new RecordingSink(),
        clock: stillClock(NOW),
        signal: stop.signal,
        metrics: new Counters(),
        logger: new MemoryLogger(),
      }
      running = played.run(surroundings)
    })

    afterEach(async () => {
      stop.abort()
      await played.end()
      await running
    })

    it('puts records on the bus that fit their schemas, with CloudEvents headers', async () => {
      await played.good(10)
      const { bus } = surroundings
      expect(bus.records).to.have.length.above(9)
      for (const { topic, key, value, timestamp, headers = [] } of bus.records) {
        expect(isTopicName(topic), topic).to.equal(true)
        expect(await validateRecord(topic, Buffer.from(String(value))), `${topic} ${value}`).to.equal(null)
        expect(key).to.be.a('string').and.have.length.above(0)
        expect(new Date(timestamp ?? 0).toISOString()).to.equal((JSON.parse(String(value)) as { event_time: string }).event_time)
        expect([...headers].map(([header]) => header)).to.include.members(['ce_id', 'ce_source', 'ce_type', 'ce_time'])
      }
      expect(surroundings.metrics.get('published')).to.equal(bus.records.length)
    })

    it('counts bad input, logs it once, keeps it where it may, and goes on', async () => {
      await played.bad()
      await played.bad()
      await played.good(3)
      const { bus, metrics, logger } = surroundings
      expect(metrics.get('malformed')).to.equal(2)
      expect(logger.lines).to.have.length(1)
      const letters = bus.records.filter(({ topic }) => topic.endsWith('.dlq'))
      expect(letters.map(({ topic }) => topic)).to.deep.equal(played.dlq === null ? [] : [played.dlq, played.dlq])
      for (const { headers = [] } of letters)
        expect([...headers].map(([header]) => header)).to.include.members(['dlq_reason', 'dlq_message'])
      expect(bus.records.length).to.be.above(letters.length)
    })

    it('waits for a slow bus instead of reading on', async () => {
      await played.good(1)
      let open = () => {}
      surroundings.bus.gate = new Promise((resolve) => {
        open = resolve
      })
      const before = surroundings.bus.records.length
      let taken = false
      const giving = played.good(5).then(() => {
        taken = true
      })
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
      expect(taken).to.equal(false)
      expect(surroundings.bus.records).to.have.length(before)
      open()
      await giving
      expect(surroundings.bus.records.length).to.be.above(before)
    })

    it('returns when the signal aborts, with what it took on the bus', async () => {
      await played.good(4)
      const { length } = surroundings.bus.records
      stop.abort()
      await running
      expect(surroundings.bus.records).to.have.length.at.least(length)
      expect(surroundings.metrics.get('published')).to.equal(surroundings.bus.records.length)
    })
  })
}
