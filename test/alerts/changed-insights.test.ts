import { expect } from 'chai'
import type { Bus } from '../../src/bus/bus.ts'
import { headersOf, recordsOf } from '../query/run/job-support.ts'
import { PATIENCE } from '../support/patience.ts'
import { thrownBy } from '../support/thrown-by.ts'
import { alertLog, BEGIN, lossy, runLossy, sample, useInsightBus } from './insight-job-support.ts'

const values = (from: number, to: number, value: number) => Array.from({ length: (to - from) / 2 }, (_, i) => sample(from + i * 2, value))

/** A life that does not end in order: another one has taken over, as after kill -9. It has committed all that there is, the last of it as a journal. */
async function killed(bus: Bus, successor: Bus, sql: string, rows: number): Promise<void> {
  const stop = new AbortController()
  const life = runLossy(bus, sql, { untilEnd: false, signal: stop.signal })
  const end = (await bus.offsets('device_metrics'))[0]?.latest
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const [commit] = await bus.fetchOffsets('insights/lossy', ['device_metrics'])
    if (commit?.offset === end && (await recordsOf(bus, 'insights')).length === rows) break
    if (Date.now() > deadline) throw new Error('waited in vain for the rows')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await successor.transact({ id: 'insights/lossy', appends: [] })
  stop.abort()
  expect(await thrownBy(() => life)).to.have.property('code', 'SHITOPS_E_FENCED')
}

describe('insights that have changed', () => {
  const { bus, another } = useInsightBus()

  it('goes on with its state where its policy has changed', async () => {
    await bus().append('device_metrics', values(0, 22, 1))
    await runLossy(bus(), lossy())
    expect(await alertLog(bus())).to.deep.equal(['pending warning a 10'])
    await bus().append('device_metrics', values(22, 42, 1))
    const { log } = await runLossy(await another(), lossy({ header: 'for: 25s' }))
    expect(log.join()).to.include('goes on with the state that it has')
    expect(await alertLog(bus())).to.deep.equal(['pending warning a 10', 'firing warning a 35'])
  })

  it('does so too when it was killed: what it did since its last snapshot is done again as it was', async () => {
    await bus().append('device_metrics', values(0, 34, 1))
    const successor = await another()
    await killed(bus(), successor, lossy({ header: 'for: 10s' }), 3)
    expect(await alertLog(bus())).to.deep.equal(['pending warning a 10', 'firing warning a 20'])
    await bus().append('device_metrics', [...values(34, 42, 1), ...values(42, 70, 0.7)])
    const { log } = await runLossy(await another(), lossy({ header: 'for: 15s', having: '> 0.8' }))
    expect(log.join()).to.include('goes on with the state that it has')
    // The window from 30 to 40 has rows of before the change, and what it says ends at 50.
    expect((await recordsOf(bus(), 'insights')).map(({ timestamp }) => (timestamp - BEGIN) / 1000)).to.deep.equal([10, 20, 30, 40, 50])
    expect(await alertLog(bus())).to.deep.equal(['pending warning a 10', 'firing warning a 20', 'resolved warning a 50'])
    const ids = (await recordsOf(bus(), 'insights')).map((record) => headersOf(record).ce_id?.[0])
    expect(new Set(ids).size).to.equal(5)
  })

  it('begins anew at its place where the state does not fit, and its alerts go on', async () => {
    await bus().append('device_metrics', values(0, 34, 1))
    await killed(bus(), await another(), lossy({ header: 'for: 10s' }), 3)
    await bus().append('device_metrics', [...values(34, 50, 1), ...values(50, 80, 0)])
    const { log, events } = await runLossy(await another(), lossy({ header: 'for: 10s', size: "'5' SECOND" }))
    expect(log.join()).to.include('begins anew where it was')
    expect(events, 'nothing is read twice').to.equal(8 + 15)
    expect(await alertLog(bus())).to.deep.equal(['pending warning a 10', 'firing warning a 20', 'resolved warning a 60'])
  })

  it('ends an alert whose severity has changed: there is another one', async () => {
    await bus().append('device_metrics', values(0, 34, 1))
    await runLossy(bus(), lossy({ header: 'for: 0s' }))
    await bus().append('device_metrics', values(34, 44, 1))
    await runLossy(await another(), lossy({ header: 'for: 0s', severity: 'critical' }))
    expect(await alertLog(bus())).to.deep.equal([
      'pending warning a 10',
      'firing warning a 10',
      'resolved warning a 31',
      'pending critical a 40',
      'firing critical a 40',
    ])
  })
})

describe('insights and input that is not as it should be', () => {
  const { bus } = useInsightBus()

  it('keeps late rows beside the result, and counts them', async () => {
    await bus().append('device_metrics', [...values(0, 24, 1), sample(3, 0.25)])
    const { late, log } = await runLossy(bus(), lossy())
    expect(late).to.equal(1)
    expect(log.join()).to.include('insights.late')
    const records = await recordsOf(bus(), 'insights.late')
    expect(records).to.have.length(1)
    const row = JSON.parse(String(records[0]?.value)) as Record<string, unknown>
    expect([row.site, Object.values(row).includes(0.25)], String(records[0]?.value)).to.deep.equal(['a', true])
    expect(String(records[0]?.value).match(/"\$time"/g), 'no member twice').to.have.length(1)
    const headers = headersOf(records[0] as never)
    expect(headers.ce_source).to.deep.equal(['/analyze/insights/lossy'])
    expect(headers.late_for?.[0]).to.be.a('string')
  })

  it('is not carried into another century by one record, says so, and counts it', async () => {
    const century = 61 * 365 * 86_400
    await bus().append('device_metrics', [...values(0, 6, 1), sample(century, 1), ...values(6, 24, 1)])
    const { jumps, late, log } = await runLossy(bus(), lossy())
    expect([jumps, late]).to.deep.equal([1, 0])
    expect(log.filter((line) => line.includes('does not move the watermark'))).to.have.length(1)
    expect((await recordsOf(bus(), 'insights')).map(({ timestamp }) => (timestamp - BEGIN) / 1000)).to.deep.equal([10, 20])
  })

  it('follows it where the policy says so', async () => {
    const century = 61 * 365 * 86_400
    await bus().append('device_metrics', [...values(0, 6, 1), sample(century, 1), ...values(6, 24, 1)])
    const { jumps, late } = await runLossy(bus(), lossy(), { maxAdvance: Number.POSITIVE_INFINITY })
    expect([jumps, late]).to.deep.equal([0, 9])
  })
})
