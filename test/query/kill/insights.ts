import { parseInsight } from '../../../src/insights/header.ts'
import { type PlannedInsight, planInsight } from '../../../src/insights/plan.ts'
import { DELAY } from './queries.ts'

const header = (subject: string, time: string, observed: string) => `-- An insight of the kill test
--
-- severity: warning
-- channel: operations
-- for: 2s
-- keep_firing_for: 2s
-- holds: 3s
-- time: ${time}
-- subject: ${subject}
-- observed: ${observed}
-- summary: {${observed.split(' ')[0]}} of ${subject}
-- advice: look at it`

/** Rows of one device lie in one partition: split by partitions. */
const FLAPPING = `${header('target', 'event_time', 'flips changes')}
-- evidence: device_metrics record_partition record_offset state {state}
WITH changes AS (
  SELECT target, event_time, record_partition, record_offset, \`value\` AS state,
    LAG(\`value\`) OVER (PARTITION BY target ORDER BY event_time) AS state_before
  FROM device_metrics
),
counted AS (
  SELECT *, COUNT(*) OVER (PARTITION BY target ORDER BY event_time RANGE BETWEEN INTERVAL '4' SECOND PRECEDING AND CURRENT ROW) AS flips
  FROM changes WHERE (state > 0.5) <> (state_before > 0.5)
)
SELECT * FROM counted WHERE flips >= 3`

/** Rows of all partitions together. */
const LOSS = `${header('site', 'window_end', 'loss ratio')}
SELECT site, AVG(\`value\`) AS loss, COUNT(*) AS n, window_start, window_end
FROM TABLE(HOP(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '1' SECOND, INTERVAL '3' SECOND))
GROUP BY site, window_start, window_end
HAVING AVG(\`value\`) > 0.5`

/** From a topic of one partition, in which some records come too late. */
const LOUD = `${header('device', 'window_end', 'loud ratio')}
SELECT device, AVG(intensity) AS loud, COUNT(*) AS n, window_start, window_end
FROM TABLE(TUMBLE(TABLE audio_metrics, DESCRIPTOR(event_time), INTERVAL '2' SECOND))
GROUP BY device, window_start, window_end
HAVING AVG(intensity) > 0.5`

/** With alerts that come and go every few seconds. */
export function killedInsights(): Promise<PlannedInsight[]> {
  const all = Object.entries({ flapping: FLAPPING, loss: LOSS, loud: LOUD })
  return Promise.all(all.map(([name, sql]) => planInsight(parseInsight(sql, name), { disorderSeconds: DELAY / 1000 })))
}
