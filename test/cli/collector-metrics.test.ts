import { expect } from 'chai'
import { silentLogger } from '../../src/base/log.ts'
import type { Bus } from '../../src/bus/bus.ts'
import { countersText, showMetrics, spoolText } from '../../src/cli/collector-metrics.ts'
import { Counters } from '../../src/collectors/metrics.ts'

const STATS = { state: 'away', waiting: 7, bytes: 700, forwarded: 3, dropped: 2, refused: 1 }
const spooling = { stats: async () => STATS } as unknown as Bus

describe('the metrics of a collector', () => {
  it('are its counters, in one family', () => {
    const counters = new Counters()
    counters.add('received', 3)
    counters.add('published')
    expect(countersText('scan', counters).split('\n')).to.deep.equal([
      '# HELP shitops_collector_counted_total what the collector counted since it started',
      '# TYPE shitops_collector_counted_total counter',
      'shitops_collector_counted_total{collector="scan",counter="published"} 1',
      'shitops_collector_counted_total{collector="scan",counter="received"} 3',
      '',
    ])
  })

  it('and where its spool stands, where there is one', async () => {
    expect(await spoolText({} as Bus)).to.equal('')
    expect(await spoolText(undefined)).to.equal('')
    const text = await spoolText(spooling)
    expect(text).to.contain('\nshitops_spool_target_up 0\n').and.contain('\nshitops_spool_waiting 7\n')
    expect(text).to.contain('\nshitops_spool_forwarded_total 3\n').and.contain('\nshitops_spool_dropped_total 2\n')
  })

  it('are served until the collector has ended, also before its bus is open', async () => {
    const told: string[] = []
    const logger = { ...silentLogger, info: (message: string) => void told.push(message) }
    const counters = new Counters()
    let bus: Bus | undefined
    const hide = await showMetrics('127.0.0.1:0', { collector: 'scan', counters, bus: () => bus, logger })
    const [, address = ''] = /^metrics: (http:\S+)$/.exec(told[0] ?? '') ?? []
    const ask = async () => (await fetch(address)).text()
    expect(await ask()).to.not.contain('shitops_spool')
    bus = spooling
    counters.add('received')
    expect(await ask())
      .to.contain('counter="received"} 1')
      .and.contain('shitops_spool_waiting 7')
    hide()
    const gone = await fetch(address).then(
      () => 'answered',
      () => 'gone',
    )
    expect(gone).to.equal('gone')
  })

  it('are nowhere unless they are asked for, and an address that is none is refused', async () => {
    const parts = { collector: 'scan', counters: new Counters(), bus: () => undefined, logger: silentLogger }
    ;(await showMetrics(undefined, parts))()
    const refused = await showMetrics('somewhere', parts).catch((error: { code: string }) => error.code)
    expect(refused).to.equal('SHITOPS_E_USAGE')
  })
})
