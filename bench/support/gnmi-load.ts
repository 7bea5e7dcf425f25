/**
 * The gNMI load target in a process of its own, so that its CPU time is not the client's. `node --import tsx bench/support/gnmi-load.ts '{"kind":"uint","updates":10}'`:
 * the argument is LoadOptions as JSON, and `port` goes to stdout as JSON. A line on stdin is answered with what was sent: `end` ends all streams
 * with OK before, `cut` cuts all connections, and anything else changes nothing. It ends with stdin.
 */
import { createInterface } from 'node:readline'
import { type LoadOptions, LoadTarget } from '../../src/office/gnmi/load/load-target.ts'

const KNOWN: Record<keyof LoadOptions, true> = {
  ...{ kind: true, updates: true, interfaces: true, prefix: true, sequence: true, timestamps: true },
  ...{ rate: true, count: true, end: true, single: true, port: true, tls: true, chunkBytes: true, firstStream: true },
}
const options = JSON.parse(process.argv[2] ?? '{"kind":"uint","updates":10}') as LoadOptions
for (const name of Object.keys(options)) if (!(name in KNOWN)) throw new RangeError(`no option ${name}: ${Object.keys(KNOWN).join(', ')}`)

const target = await LoadTarget.listen(options)
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)
say({ port: target.port })

const asked = createInterface({ input: process.stdin })
asked.on('line', (line) => {
  if (line === 'end') target.endAll()
  if (line === 'cut') target.cutAll()
  say({ ...target.sent, streams: target.streams })
})
asked.on('close', () => void target.close().then(() => process.exit(0)))
