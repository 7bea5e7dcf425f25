/** A process that starts a cluster, says the brokers' process ids, and is then killed by driver.kafka.ts without a chance to clean up. */
import { startKafka } from './index.ts'

const kafka = await startKafka({ racks: ['a', 'a'] })
console.log(JSON.stringify({ pids: kafka.ids.map((id) => kafka.pid(id)), folder: kafka.folder }))
setInterval(() => {}, 60_000)
