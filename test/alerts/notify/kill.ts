/**
 * kill -9 of the process that raises alerts and tells of them, again and again at random moments; then count. `npm run test:alert-kill -- --count
 * 100`, `-- --count 20 --bus kafka` on a real broker. Prints one JSON line; ends with 1 when an incident was lost, or a receiver that drops keys it
 * knows was told twice, or one that the notifier had decided to tell of as firing was told only when it was over. `told_only_when_over` counts the
 * others: incidents of some seconds that came and went between two lives of the notifier, or in one batch of the insight that caught up. Of what is over
 * nobody is told that it fires (docs/adr/0016).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isWrong, killAgainAndAgain } from './kill-rig.ts'

const options = { count: { type: 'string', default: '10' }, bus: { type: 'string', default: 'embedded' } } as const
const { values: flags } = parseArgs({ options })
const onKafka = flags.bus === 'kafka'
const directory = await mkdtemp(join(tmpdir(), 'shitops-alert-kill-'))
const kafka = onKafka ? await (await import('../../support/kafka/index.ts')).startKafka({}) : undefined
const started = Date.now()

try {
  // A process on Kafka needs longer until it tells.
  const result = await killAgainAndAgain(kafka?.url() ?? `embedded:${directory}`, {
    count: Number(flags.count),
    life: onKafka ? 6_000 : 3_000,
  })
  const seconds = Math.round((Date.now() - started) / 1_000)
  console.log(JSON.stringify({ name: 'kill -9 of insights and notifier', bus: flags.bus, ...result, seconds }))
  if (isWrong(result)) process.exitCode = 1
} finally {
  await kafka?.down()
  await rm(directory, { recursive: true, force: true })
}
