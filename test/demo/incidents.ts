/**
 * Every kind of incident, by seed: a whole office hour each, through the real protocols and the bus.
 * `npm run test:demo -- --seeds 10`; prints a JSON line a seed and exits 1 when an incident was missed or an alert was false.
 */
import { parseArgs } from 'node:util'
import { runOffice } from './run-office.ts'

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '10' } } })
const HOUR = 3_600_000
let failed = 0

for (let seed = 1; seed <= Number(values.seeds); seed++) {
  await runOffice({ seed, day: HOUR }, (_bus, { score, alerts, job, wallTime }) => {
    if (score.recall !== 1 || score.precision !== 1 || job.late > 0) failed++
    const missed = score.incidents.filter(({ alert }) => !alert).map(({ incident }) => incident.kind)
    const { precision, recall, falseAlerts } = score
    console.log(
      JSON.stringify({ seed, precision, recall, alerts: alerts.length, missed, false: falseAlerts, late: job.late, ms: wallTime }),
    )
  })
}
console.log(JSON.stringify({ seeds: Number(values.seeds), failed }))
process.exitCode = failed > 0 ? 1 : 0
