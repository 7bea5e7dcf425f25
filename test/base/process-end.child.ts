/** Writes to an embedded bus without a pause, and ends in the way that it is told. Arguments: folder, way. */
import { endProcess } from '../../src/base/process-end.ts'
import { openBus } from '../../src/bus/open.ts'

const [folder, way] = process.argv.slice(2)
const bus = await openBus(`embedded:${folder}`)
await bus.createTopic({ name: 't', partitions: 1 })
process.on('exit', (code) => process.stdout.write(`tidied up, ${code}`))
const record = { key: null, value: Buffer.from('v'), headers: [] }
const write = async () => {
  for (;;) await bus.append('t', [record])
}
for (let i = 0; i < 4; i++) void write()
setTimeout(() => {
  if (way === 'end') endProcess(143)
  else if (way === 'exit') process.exit(5)
  else throw new Error('nobody catches this')
}, 100)
