/** `npm run test:workflow-kill -- --count 50`: the kill test at length. Prints one JSON line; ends with 1 when an event is missing or doubled. */
import { parseArgs } from 'node:util'
import { importAndKill } from './killing.ts'

const { values } = parseArgs({ options: { count: { type: 'string', default: '20' }, megabytes: { type: 'string', default: '20' } } })
const result = await importAndKill({ kills: Number(values.count), bytes: Number(values.megabytes) * 1e6, random: Math.random })
console.log(JSON.stringify(result))
process.exitCode = result.onBus === result.events && result.twice === 0 ? 0 : 1
