import { expect } from 'chai'
import fc from 'fast-check'
import { Counters } from '../../../../src/collectors/metrics.ts'
import type { LogEvent, Problem } from '../../../../src/collectors/workflow/formats/index.ts'
import { IdSet } from '../../../../src/collectors/workflow/import/id-set.ts'
import { type ImportBatch, type ImportConfig, runImport } from '../../../../src/collectors/workflow/import/index.ts'
import { People } from '../../../../src/collectors/workflow/import/people.ts'
import type { Appends } from '../../../../src/collectors/workflow/import/writer.ts'
import { MemoryLogger, RecordingSink, stillClock } from '../../compliance.ts'

const START = Date.UTC(2026, 0, 5)
const people = new People({ mode: 'hash', secret: Buffer.alloc(32, 1), attributes: [] })

/** Few values, so that equal events are many. */
const logEvent = fc.record({ minute: fc.nat(6), case_id: fc.constantFrom('a', 'b'), activity: fc.constantFrom('x', 'y') }).map(
  ({ minute, case_id, activity }): LogEvent => ({
    event: {
      event_time: new Date(START + minute * 60_000).toISOString(),
      case_id,
      activity,
      lifecycle: 'completed',
      process: 'p',
      person: 'Ann',
    },
    place: { file: 'f', line: 1 },
  }),
)
const batches = (file: string, events: readonly LogEvent[], problems: readonly Problem[] = []): ImportBatch[] => [
  ...events.map((event) => ({ file, events: [event], problems: [] })),
  { file, events: [], problems },
]

/** A bus of one table that can die: what was written before stays. */
class Table {
  readonly records: Array<{ topic: string; id: string; time: number }> = []
  /** Batches until it dies. */
  left = Number.POSITIVE_INFINITY

  write = async (appends: Appends): Promise<void> => {
    if (this.left-- <= 0) throw new Error('killed')
    for (const { topic, records } of appends) {
      for (const { headers = [], timestamp = 0 } of records) {
        this.records.push({ topic, id: String([...headers].find(([name]) => name === 'ce_id')?.[1]), time: timestamp })
      }
    }
  }

  known(): IdSet {
    const ids = new IdSet()
    for (const { id } of this.records) ids.add(id)
    return ids
  }
}

async function run(table: Table, source: readonly ImportBatch[], more: Partial<ImportConfig> = {}): Promise<Counters> {
  const metrics = new Counters()
  async function* given() {
    yield* source
  }
  await runImport({
    ...{ bus: new RecordingSink(), clock: stillClock(START), signal: new AbortController().signal, metrics, logger: new MemoryLogger() },
    config: { source: given(), people, known: table.known(), order: 'file', pace: { kind: 'max' }, shift: 0, write: table.write, ...more },
  })
  return metrics
}

describe('collectors/workflow/import', () => {
  it('property: however often an import dies and is repeated, each event is there once, equal ones as often as the file has them', async () => {
    const deaths = fc.array(fc.nat(6), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(logEvent, { maxLength: 15 }),
        deaths,
        fc.constantFrom('time' as const, 'file' as const),
        async (events, lives, order) => {
          const table = new Table()
          const source = batches('f', events, [{ place: { file: '/home/ann/f.xes', line: 3 }, message: 'bad' }])
          for (const life of lives) {
            table.left = life
            await run(table, source, { order }).catch(() => {})
          }
          table.left = Number.POSITIVE_INFINITY
          await run(table, source, { order })
          const metrics = await run(table, source, { order })
          const ids = table.records.map(({ id }) => id)
          expect(new Set(ids).size).to.equal(ids.length)
          expect(table.records.filter(({ topic }) => topic === 'workflow_events')).to.have.length(events.length)
          expect(table.records.filter(({ topic }) => topic === 'workflow_events.dlq')).to.have.length(1)
          expect([metrics.get('repeated'), metrics.get('published')]).to.deep.equal([events.length, 0])
        },
      ),
      { numRuns: 150 },
    )
  })

  it('property: a second file adds what the first did not have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(logEvent, { maxLength: 10 }), fc.array(logEvent, { maxLength: 10 }), async (first, more) => {
        const table = new Table()
        await run(table, [...batches('january', first), ...batches('february', [...more, ...first])])
        expect(table.records).to.have.length(first.length + more.length)
      }),
    )
  })

  it('property: writes in order of time over all files', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(logEvent, { maxLength: 20 }), fc.array(logEvent, { maxLength: 20 }), async (first, second) => {
        const table = new Table()
        await run(table, [...batches('a', first), ...batches('b', second)], { order: 'time' })
        const times = table.records.map(({ time }) => time)
        expect(times).to.deep.equal([...times].sort((a, b) => a - b))
      }),
    )
  })

  it("keeps the log's own gaps, scaled, and writes what was due before it waits", async () => {
    const table = new Table()
    let now = 0
    const waits: Array<[number, number]> = []
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        waits.push([ms, table.records.length])
        now += ms
      },
    }
    const at = (minute: number): LogEvent => ({
      event: { event_time: new Date(START + minute * 60_000).toISOString(), case_id: 'c', activity: `${minute}`, lifecycle: 'completed' },
      place: { file: 'f', line: 1 },
    })
    async function* source() {
      yield* batches('f', [at(30), at(0), at(10)])
    }
    const config = {
      source: source(),
      people,
      known: new IdSet(),
      order: 'time' as const,
      pace: { kind: 'speed' as const, factor: 60 },
      shift: 0,
      write: table.write,
    }
    await runImport({
      bus: new RecordingSink(),
      clock,
      signal: new AbortController().signal,
      metrics: new Counters(),
      logger: new MemoryLogger(),
      config,
    })
    expect(waits).to.deep.equal([
      [10_000, 1],
      [20_000, 2],
    ])
  })

  it('moves times, and knows an event by where it was before', async () => {
    const table = new Table()
    const events = [
      {
        event: { event_time: '2026-01-05T00:00:00.000Z', case_id: 'c', activity: 'a', lifecycle: 'completed' as const },
        place: { file: 'f', line: 1 },
      },
    ]
    await run(table, batches('f', events), { shift: 86_400_000 })
    expect(table.records.map(({ time }) => time)).to.deep.equal([START + 86_400_000])
    await run(table, batches('f', events), { shift: 0 })
    expect(table.records).to.have.length(1)
  })

  it('keeps events that no record can hold from the bus, and tells where they are', async () => {
    const table = new Table()
    const attributes = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, '€'.repeat(2_000)]))
    const [small, large] = [{}, { attributes }].map(
      (more, line): LogEvent => ({
        event: { event_time: '2026-01-05T00:00:00.000Z', case_id: 'c', activity: `a${line}`, lifecycle: 'completed', ...more },
        place: { file: 'f', line },
      }),
    )
    const metrics = await run(
      table,
      batches(
        'f',
        [large, small].filter((one) => one !== undefined),
      ),
      { order: 'time' },
    )
    expect(table.records.map(({ topic }) => topic).sort()).to.deep.equal(['workflow_events', 'workflow_events.dlq'])
    expect(metrics.get('malformed')).to.equal(1)
  })

  it('tells in a dead letter where, without folders and names', async () => {
    const bus = new RecordingSink()
    const problem = { place: { file: '/home/ann/claims.csv', line: 7 }, message: 'activity is missing', fields: { user: 'Ann', amount: 3 } }
    async function* source() {
      yield { file: 'f', events: [], problems: [problem] }
    }
    const config = { source: source(), people, known: new IdSet(), order: 'file' as const, pace: { kind: 'max' as const }, shift: 0 }
    await runImport({
      bus,
      clock: stillClock(START),
      signal: new AbortController().signal,
      metrics: new Counters(),
      logger: new MemoryLogger(),
      config,
    })
    const [letter] = bus.of('workflow_events.dlq')
    expect(letter).to.deep.include({ file: 'claims.csv', line: 7 })
    expect(JSON.stringify(letter)).to.not.match(/ann/i)
  })
})
