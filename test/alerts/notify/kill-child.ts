/** The process that is killed: an insight job and the notifier beside it, as `shitops analyze` runs them. */

import { runNotifier } from '../../../src/alerts/notify/run-notifier.ts'
import { runInsights } from '../../../src/alerts/run-insights.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { openBus } from '../../../src/bus/open.ts'
import { parseInsight } from '../../../src/insights/header.ts'
import { planInsight } from '../../../src/insights/plan.ts'
import { INSIGHT } from './kill-insight.ts'

const { KILL_URL: url = '', KILL_RECEIVER: receiver = '' } = process.env
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const open = () => openBus(url)
const bus = await open()
const [jobBus, planned] = [await open(), await planInsight(parseInsight(INSIGHT, 'close_overdue'))]
const common = { clock: systemClock, logger: silentLogger, signal: stop.signal }
const settings = {
  receivers: [{ name: 'ops', webhook: [{ url: receiver }] }],
  route: { groupBy: ['...'], groupWait: '0s', groupInterval: '1s', repeatInterval: '100h' },
}
await Promise.all([
  runInsights({ ...common, bus: jobBus, planned: [planned], job: 'kill', start: 'earliest', idleTimeout: 100 }),
  runNotifier({
    ...common,
    bus,
    open,
    settings,
    env: {},
    // A broker takes no shorter ones than 6 s.
    sessionTimeout: url.startsWith('kafka:') ? 6_000 : 500,
    onLease: (held) => void (held && process.send?.({ ready: true })),
  }),
])
await bus.close()
await jobBus.close()
