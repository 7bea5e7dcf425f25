/**
 * kill -9, again and again, of a process that runs durable queries and insights while records are written; then compare with a run that was left alone.
 * `npm run test:query-kill -- --count 200`, `-- --count 40 --bus kafka` on a real broker. Prints one JSON line; ends with 1 on any difference.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { JOB_STATE_SPEC } from '../../../src/query/run/job-state.ts'
import { removeDirectory, temporaryDirectory } from '../../bus/embedded/support.ts'
import { bundle } from '../../support/bundle.ts'
import { judge } from './judge.ts'
import { INPUTS, OUTPUTS, PARTITIONS, TOLD } from './queries.ts'
import { Records } from './records.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const WRITE_EVERY_MS = 80
const WRITE_COUNT = 10
/** So much is written in one life at most: on a slow machine the reader would never catch up. */
const WRITES_A_LIFE = 6
const LAST_RUN_MS = 300_000

/** A process whose code is loaded; its life begins with `begin`. */
async function load(child: string, url: string, end: boolean): Promise<ChildProcess> {
  const process_ = fork(child, { execArgv: [], env: { ...process.env, KILL_URL: url, KILL_END: end ? '1' : '0' } })
  await said(process_)
  return process_
}

async function begin(process_: ChildProcess): Promise<void> {
  process_.send({ go: true })
  await said(process_)
}

async function said(process_: ChildProcess): Promise<void> {
  const gone = new AbortController()
  const ended = once(process_, 'exit', { signal: gone.signal }).then(([code, signal]) => {
    throw new Error(`the process ended by itself: ${code ?? signal}`)
  })
  await Promise.race([once(process_, 'message'), ended]).finally(() => {
    ended.catch(() => {})
    gone.abort()
  })
}

async function runToTheEnd(child: string, url: string): Promise<void> {
  const running = await load(child, url, true)
  await begin(running)
  const timer = setTimeout(() => running.kill('SIGKILL'), LAST_RUN_MS)
  const [code] = await once(running, 'exit')
  clearTimeout(timer)
  if (code !== 0) throw new Error(`the run to the end of the input failed: ${code}`)
}

async function createTopics(bus: Bus): Promise<void> {
  // The records have times of long ago: any retention would take them away at once.
  const config = { 'retention.ms': '-1' }
  await bus.createTopic(JOB_STATE_SPEC)
  for (const [name, partitions] of Object.entries(INPUTS)) await bus.createTopic({ name, partitions, config })
  for (const name of [...[...OUTPUTS, 'insights'].map((output) => `${output}.late`), ...Object.keys(INPUTS).map((input) => `${input}.dlq`)])
    await bus.createTopic({ name, partitions: 1, config })
  for (const name of OUTPUTS) await bus.createTopic({ name, partitions: name.endsWith('_single') ? 1 : PARTITIONS, config })
  for (const name of TOLD)
    await bus.createTopic({ name, partitions: PARTITIONS, config: name === 'alerts' ? { 'cleanup.policy': 'compact' } : config })
}

/** The same records at the same places. */
async function copyInputs(from: Bus, to: Bus): Promise<void> {
  for (const topic of Object.keys(INPUTS)) {
    const partitions = (await from.offsets(topic)).map(({ partition }) => ({ partition, from: 0 }))
    for await (const batch of from.read({ topic, partitions })) await to.append(topic, [...batch])
  }
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: { count: { type: 'string', default: '20' }, bus: { type: 'string', default: 'embedded' } },
  })
  const onKafka = flags.bus === 'kafka'
  const { file: child, folder: bundled } = await bundle(`${HERE}child.ts`)
  const folders = [temporaryDirectory(), temporaryDirectory()] as const
  const kafka = onKafka ? await (await import('../../support/kafka/index.ts')).startKafka({}) : undefined
  // Patient: a busy machine is no finding.
  const url = kafka ? `${kafka.url()}?requestTimeout=30s` : `embedded:${folders[0]}`
  const bus = await openBus(url)
  const alone = await openBus(`embedded:${folders[1]}`)
  const started = Date.now()
  let running: ChildProcess | undefined
  let judged = false
  try {
    await createTopics(bus)
    await createTopics(alone)
    const records = new Records(bus)
    await records.write(WRITE_COUNT)
    let failure: unknown
    let writing: Promise<void> = Promise.resolve()
    let left = WRITES_A_LIFE
    const writer = setInterval(() => {
      if (left-- <= 0) return
      writing = writing
        .then(() => records.write(WRITE_COUNT))
        .catch((error: unknown) => {
          failure ??= error
        })
    }, WRITE_EVERY_MS)
    let kills = 0
    let next = load(child, url, false)
    for (; kills < Number(flags.count); kills++) {
      if (kills % 20 === 0)
        console.error(`${kills} kills after ${Math.round((Date.now() - started) / 1000)} s, ${records.written} records to a topic`)
      running = await next
      await begin(running)
      // The next one loads its code while this one lives.
      next = load(child, url, false)
      next.catch(() => {})
      left = WRITES_A_LIFE
      let ended: string | undefined
      running.once('exit', (code, signal) => {
        if (signal !== 'SIGKILL') ended = String(code ?? signal)
      })
      // Some die while they take over, some when they have been at work for a while.
      const life = Math.random() < 0.7 ? 400 : 1500
      await new Promise((resolve) => setTimeout(resolve, Math.random() * life * (onKafka ? 3 : 1)))
      if (ended !== undefined) throw new Error(`the process ended by itself: ${ended}`)
      const gone = running.exitCode === null && running.signalCode === null ? once(running, 'exit') : undefined
      running.kill('SIGKILL')
      await gone
    }
    clearInterval(writer)
    ;(await next).kill('SIGKILL')
    await writing
    if (failure) throw failure
    await records.end()
    console.error(`${kills} kills after ${Math.round((Date.now() - started) / 1000)} s; to the end`)
    await runToTheEnd(child, url)
    await copyInputs(bus, alone)
    await runToTheEnd(child, `embedded:${folders[1]}`)
    const { wrong, ...counts } = await judge(bus, alone)
    judged = wrong.length === 0
    const seconds = Math.round((Date.now() - started) / 1000)
    console.log(
      JSON.stringify({
        name: 'kill -9 of running queries',
        bus: flags.bus,
        kills,
        records: records.written * Object.keys(INPUTS).length,
        ...counts,
        wrong,
        seconds,
      }),
    )
    if (wrong.length > 0) process.exitCode = 1
  } finally {
    running?.kill('SIGKILL')
    await bus.close()
    await alone.close()
    await kafka?.down()
    removeDirectory(bundled)
    if (judged) for (const folder of folders) removeDirectory(folder)
    else console.error(`kept for a look: ${folders.join(' ')}`)
  }
}

await main()
