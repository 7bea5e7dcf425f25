import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import type { Clock } from '../base/clock.ts'
import { DURATION_FORMS, parseDuration } from '../base/duration.ts'
import { messageOf, ShitopsError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Bus, OutRecord } from '../bus/bus.ts'
import { createMissing } from '../bus/ops/create-missing.ts'
import type { Advertisement } from '../collectors/ble/advertisement.ts'
import { BLE_DEFAULTS, type Enrolled } from '../collectors/ble/config.ts'
import { pseudonym } from '../collectors/ble/identity.ts'
import { runBle } from '../collectors/ble/index.ts'
import { EnrolledHeadsets } from '../collectors/ble/keys/enrolled-headsets.ts'
import { readEnrolment } from '../collectors/ble/keys/enrolment-file.ts'
import { loadNoble } from '../collectors/ble/noble.ts'
import { jsonlSource } from '../collectors/ble/source-jsonl.ts'
import { nobleSource } from '../collectors/ble/source-noble.ts'
import type { Sink } from '../collectors/collector.ts'
import { Counters } from '../collectors/metrics.ts'
import { defaultEnrolmentPath } from '../config/enrolment-path.ts'
import { stdinChunks, writeOut } from './stdio.ts'

export interface ScanOptions {
  /** `noble`, `-` or `file:PATH` */
  source: string
  /** File of the enrolled headsets; without it nobody is tracked. */
  enrolment?: string | undefined
  bus: Sink
  clock: Clock
  signal: AbortSignal
  logger: Logger
}

/** Run the BLE collector until its source ends or the signal aborts; what it counted. */
export async function scan(options: ScanOptions): Promise<Record<string, number>> {
  const { bus, clock, signal, logger } = options
  const metrics = new Counters()
  const config = { ...BLE_DEFAULTS, source: openSource(options, metrics), identify: await identifier(options.enrolment) }
  await runBle({ config, bus, clock, signal, metrics, logger })
  return metrics.toJSON()
}

/** The bus, with the topics it takes, or the terminal, or both. */
export async function scanSinks(options: { publish: boolean; print: boolean; openBus(): Promise<Bus> }): Promise<Sink> {
  const sinks: Sink[] = options.print ? [printingSink()] : []
  if (options.publish) {
    const bus = await options.openBus()
    await createMissing(bus, ['device_presence', 'audio_metrics'])
    sinks.push(bus)
  }
  return {
    append: async (topic, records, how) => (await Promise.all(sinks.map((sink) => sink.append(topic, records, how)))).flat(),
  }
}

/** The enrolment file that was named, or the default one where it exists. */
export async function enrolmentFile(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (named !== undefined) return named
  const file = defaultEnrolmentPath(env)
  return access(file).then(
    () => file,
    () => undefined,
  )
}

export function duration(text: string): number {
  const ms = parseDuration(text)
  if (ms) return ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--duration "${text}" is no duration: ${DURATION_FORMS}`, { suggestions: ['--duration 60s'] })
}

/** The counters as one line. */
export function counted(counters: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counters).map(([name, count]) => `${name} ${count}`)
  return parts.length > 0 ? parts.join(', ') : 'nothing was heard'
}

/** Prints every record as `tail --output ndjson` does; what was not published has no partition and no offset. */
function printingSink(): Sink {
  return {
    append: async (topic, records) => {
      await writeOut(records.map((record) => lineOf(topic, record)).join(''))
      return []
    },
  }
}

/** The value is JSON already. */
function lineOf(topic: string, { key, value, timestamp, headers = [] }: OutRecord): string {
  const named = Object.fromEntries(headers.map(([name, text]) => [name, String(text)]))
  const before = JSON.stringify({ topic, partition: null, offset: null, timestamp, key: key && String(key), headers: named })
  return `${before.slice(0, -1)},"value":${value}}\n`
}

function openSource({ source, clock, signal }: ScanOptions, metrics: Counters): AsyncIterable<readonly Advertisement[]> {
  const now = () => clock.now()
  if (source === 'noble') return nobleSource({ load: loadNoble, clock, signal, metrics })
  if (source === '-') return jsonlSource(stdinChunks(signal), now, metrics)
  if (source.startsWith('file:')) return jsonlSource(fileChunks(source.slice('file:'.length)), now, metrics)
  throw new ShitopsError('SHITOPS_E_USAGE', `--source "${source}" is none of noble, file:PATH and -`, {
    suggestions: ['--source noble', '--source file:frames.jsonl'],
  })
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path)
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_FILE', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** Ids on the bus are new with every run, so nobody can be followed from one to the next. */
async function identifier(file: string | undefined): Promise<(address: string, time: number) => Enrolled | undefined> {
  if (file === undefined) return () => undefined
  const headsets = new EnrolledHeadsets(await readEnrolment(file), process.env)
  const secret = randomBytes(32)
  return (address, time) => {
    const headset = headsets.identify(address, time)
    if (!headset) return undefined
    return { device: pseudonym(secret, headset.alias), person: headset.alias, ...(headset.team !== null && { team: headset.team }) }
  }
}
