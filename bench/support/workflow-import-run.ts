/** One run of bench/workflow-import.ts in a process of its own. Arguments: what to do, the log, a folder for a bus. Prints JSON. */
import { createReadStream } from 'node:fs'
import { SaxesParser } from 'saxes'
import { silentLogger } from '../../src/base/log.ts'
import { openBus } from '../../src/bus/open.ts'
import { keepHeapSmall } from '../../src/cli/small-heap.ts'
import { importLogs } from '../../src/cli/workflow/import.ts'
import { readLogBatches } from '../../src/collectors/workflow/formats/index.ts'

const [what = '', log = '', folder = ''] = process.argv.slice(2)

/** The parser by itself, asked for nothing but how many events there are. */
async function parse(): Promise<number> {
  let events = 0
  const parser = new SaxesParser({})
  parser.on('opentag', ({ name }) => {
    if (name === 'event') events++
  })
  for await (const text of createReadStream(log, { encoding: 'utf8', highWaterMark: 128 * 1024 })) parser.write(text)
  parser.close()
  return events
}

async function read(): Promise<number> {
  keepHeapSmall()
  let events = 0
  for await (const batch of readLogBatches(log)) events += batch.length
  return events
}

async function imported(): Promise<number> {
  const bus = await openBus(`embedded:${folder}`, { logger: silentLogger, secrets: {} })
  const flags = {
    ...{
      read: {},
      people: 'hash' as const,
      peopleAttributes: [],
      secretFile: `${folder}/secret`,
      order: 'time' as const,
      speed: undefined,
      shift: undefined,
    },
    ...{ publish: true, print: false, dryRun: false, quiet: true, utc: true },
  }
  const context = {
    openBus: async () => bus,
    stderr: process.stderr,
    env: process.env,
    logger: silentLogger,
    signal: new AbortController().signal,
  }
  const { result } = await importLogs([log], flags, context)
  await bus.close()
  return result.written
}

const most = { anonymous: 0 }
const { usageOf } = await import('./process-usage.ts')
const looking = setInterval(() => {
  most.anonymous = Math.max(most.anonymous, usageOf(process.pid)?.anonymous ?? 0)
}, 50)
const before = process.cpuUsage()
const events = what === 'parse' ? await parse() : what === 'read' ? await read() : await imported()
const { user, system } = process.cpuUsage(before)
clearInterval(looking)
console.log(
  JSON.stringify({
    events,
    cpu_s: (user + system) / 1e6,
    rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    anon_mb: Math.round(most.anonymous / 2 ** 20),
  }),
)
