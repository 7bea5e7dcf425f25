import { expect } from 'chai'
import { flinkRowsQuery } from '../../src/alerts/flink-rows.ts'
import type { InsightQuery } from '../../src/alerts/insight-query.ts'
import { selectInsights } from '../../src/insights/library.ts'
import { type PlannedInsight, planInsight } from '../../src/insights/plan.ts'

const T = Date.UTC(2026, 2, 31, 9)
const SOURCE = '/flink/j'
const SUBJECT = 'access-1/ethernet-1'

describe('rows that a Flink job wrote to insights', () => {
  let planned: PlannedInsight[]
  before(async () => {
    planned = await Promise.all((await selectInsights(['device_flapping'])).map((insight) => planInsight(insight)))
  })

  /** One query, and what it writes, in short. */
  class Job {
    readonly query: InsightQuery
    #offset = 0

    constructor(finished = false) {
      this.query = flinkRowsQuery(planned, 'j', finished)
    }

    record(key: string, value: object | null, partition: number, source = SOURCE): void {
      const [scan] = this.query.pipeline.scans
      if (!scan) throw new Error('no scan')
      const headers: Array<[string, Buffer]> = [['ce_source', Buffer.from(source)]]
      const meta = { topic: 'insights', partition, offset: this.#offset++, timestamp: T, key: Buffer.from(key), headers }
      const bytes = Buffer.from(JSON.stringify(value ?? {}))
      expect(value === null ? scan.takeTombstone(meta) : scan.take(bytes, 0, bytes.length, meta)).to.equal('ok')
    }

    row(second: number, source = SOURCE): void {
      const event = {
        event_time: new Date(T + second * 1_000).toISOString(),
        ...{ insight: 'device_flapping', subject: SUBJECT, active: true, observed: 4, labels: { site: 'floor-1' } },
        details: { target: 'access-1', instance: 'ethernet-1', state: 1 },
        evidence: [{ excerpt: 'e', partition_id: 1, record_offset: 7, topic: 'device_metrics' }],
      }
      this.record(`device_flapping:${SUBJECT}`, event, 0, source)
    }

    /** How far the job is, in both partitions, and when it said so. */
    progress(second: number, written: number, partitions: readonly number[] = [0, 1]): void {
      for (const partition of partitions) {
        const details = { partition, partitions: 2, written_s: written }
        const event_time = new Date(T + second * 1_000).toISOString()
        const event = { event_time, insight: 'flink_progress', subject: `j#${partition}`, active: false, details }
        this.record(`flink_progress:j#${partition}`, event, partition)
      }
    }

    taken(): string[] {
      return this.query.take().map(({ topic, value }) => {
        const { event_time, transition, status, active } = JSON.parse(String(value)) as Record<string, unknown>
        return `${topic} ${(Date.parse(String(event_time)) - T) / 1_000} ${transition ?? status ?? active}`
      })
    }
  }

  it('are judged when all partitions have come past them, and what was under way has had its time', () => {
    const job = new Job()
    job.row(10)
    job.progress(20, 100)
    expect(job.taken()).to.deep.equal([])
    job.progress(30, 114)
    expect(job.taken()).to.deep.equal([])
    job.progress(40, 115, [0])
    expect(job.taken()).to.deep.equal([])
    job.progress(40, 115, [1])
    expect(job.taken()).to.deep.equal(['alerts 10 pending', 'alert_log 10 pending', 'alerts 10 firing', 'alert_log 10 firing'])
  })

  it('are in insights already: what is written there is that none came in time', () => {
    const job = new Job()
    job.row(10)
    job.progress(1_000, 100)
    job.progress(1_001, 200)
    const taken = job.taken()
    // It stands for five minutes, and is kept firing for five more.
    expect(taken.filter((line) => line.startsWith('insights'))).to.deep.equal(['insights 310 false'])
    expect(taken.at(-1)).to.equal('alert_log 610 resolved')
  })

  it('have their summary, labels and evidence', () => {
    const job = new Job()
    job.row(10)
    job.progress(20, 100)
    job.progress(30, 200)
    const alert = JSON.parse(String(job.query.take().find(({ topic }) => topic === 'alerts')?.value)) as Record<string, unknown>
    expect(alert.annotations).to.have.property('summary', 'ethernet-1 of access-1 changed its state 4 times within ten minutes')
    expect(alert.labels).to.include({ site: 'floor-1' })
    expect(alert.evidence).to.deep.equal([{ topic: 'device_metrics', partition_id: 1, record_offset: 7, excerpt: 'e' }])
  })

  it('of others are left alone', () => {
    const job = new Job()
    for (const source of ['/flink/k', '/analyze/flink.j', '/insights']) job.row(10, source)
    job.progress(20, 100)
    job.progress(30, 200)
    expect(job.taken()).to.deep.equal([])
  })

  it('end with a tombstone of their key', () => {
    const job = new Job()
    job.row(10)
    job.progress(20, 100)
    job.progress(21, 120)
    job.taken()
    job.record(`device_flapping:${SUBJECT}`, null, 0)
    job.progress(400, 200)
    job.progress(401, 300)
    expect(job.taken()).to.include('alert_log 320 resolved')
  })

  it('of a job that has finished are judged at its end, in order of time', () => {
    const job = new Job(true)
    job.progress(40, 100)
    job.row(30)
    job.row(10)
    job.progress(50, 500)
    expect(job.taken()).to.deep.equal([])
    job.query.finish?.()
    expect(job.taken()).to.include('alerts 10 pending')
  })

  it('go on from what was saved', () => {
    const [one, other] = [new Job(), new Job()]
    one.row(10)
    one.progress(20, 100)
    const saved = one.query.pipeline.steps.map(({ id, operator }) => [id, structuredClone(operator.save?.())] as const)
    for (const { id, operator } of other.query.pipeline.steps) {
      const state = saved.find(([each]) => each === id)?.[1]
      if (state !== undefined) operator.load?.(state)
    }
    other.progress(30, 200)
    one.progress(30, 200)
    const taken = one.taken()
    expect(taken).to.have.lengthOf(4)
    expect(other.taken()).to.deep.equal(taken)
  })
})
