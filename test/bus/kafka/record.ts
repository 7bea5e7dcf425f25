/**
 * Writes recorded/kafka-VERSION.json anew: what a broker answers on the tour, one exchange for each version of each request (the one with the largest
 * answer), by `node --import tsx test/bus/kafka/record.ts`. Decoders are held to these bytes, and the fuzzer damages them.
 */
import { writeFile } from 'node:fs/promises'
import { openBus } from '../../../src/bus/open.ts'
import type { KafkaVersion } from '../../support/kafka/distribution.ts'
import { startKafka } from '../../support/kafka/index.ts'
import { type Exchange, Recorder } from '../../support/kafka/recorder.ts'
import { TOUR } from './tour.ts'

const CLIENT = 'shitops-recorded'
/** An answer beyond that is settings of brokers, of which a part says as much. */
const LARGEST = 6_000

async function record(version: KafkaVersion): Promise<Exchange[]> {
  let port = 0
  const recorder = await Recorder.listen(CLIENT, () => port)
  const kafka = await startKafka({ version, properties: { 'advertised.listeners': `PLAINTEXT://localhost:${recorder.port}` } })
  try {
    port = Number(kafka.address(1).split(':')[1])
    const bus = await openBus(`kafka://localhost:${recorder.port}?clientId=${CLIENT}`)
    const names = { topic: 'orders', sink: 'sink', group: 'readers', writer: 'writer' }
    for (const [, run] of TOUR) await run(bus, names)
    await bus.close()
    return recorder.exchanges
  } finally {
    await recorder.close()
    await kafka.down()
  }
}

/** The richest exchange of each kind. */
function richest(exchanges: readonly Exchange[]): Exchange[] {
  const found = new Map<string, Exchange>()
  for (const exchange of exchanges) {
    const key = `${exchange.apiKey} ${exchange.apiVersion}`
    const present = found.get(key)
    const fits = exchange.answer.length <= LARGEST
    if (fits && (!present || exchange.answer.length > present.answer.length)) found.set(key, exchange)
  }
  return [...found.values()].sort((a, b) => a.apiKey - b.apiKey || a.apiVersion - b.apiVersion)
}

for (const version of ['4.3', '3.9'] as const) {
  const lines = richest(await record(version)).map(({ apiKey, apiVersion, request, answer }) =>
    JSON.stringify({ apiKey, apiVersion, request: request.toString('hex'), answer: answer.toString('hex') }),
  )
  await writeFile(new URL(`recorded/kafka-${version}.json`, import.meta.url), `[\n${lines.join(',\n')}\n]\n`)
}
