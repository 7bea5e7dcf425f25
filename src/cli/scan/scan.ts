import { stat } from 'node:fs/promises'
import type { Clock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { BLE_DEFAULTS } from '../../collectors/ble/config.ts'
import { runBle } from '../../collectors/ble/index.ts'
import { readEnrolment } from '../../collectors/ble/keys/enrolment-file.ts'
import { readOrCreateSecret } from '../../collectors/ble/pseudonym-secret.ts'
import { runSharedBle } from '../../collectors/ble/shared.ts'
import { openSource } from '../../collectors/ble/sources/open-source.ts'
import { openRecording, recorded } from '../../collectors/ble/sources/record.ts'
import { redactor } from '../../collectors/ble/sources/redact.ts'
import type { AdvertisementSource } from '../../collectors/ble/sources/source.ts'
import type { Sink } from '../../collectors/collector.ts'
import { Counters } from '../../collectors/metrics.ts'
import { showMetrics } from '../collector-metrics.ts'
import { type Identify, identifier } from './identify.ts'
import { notice } from './notice.ts'
import { allOf } from './sinks.ts'

/** `--source`: the sightings that receivers share, in place of advertisements. */
export const SIGHTINGS = 'sightings'

export interface ScanOptions {
  /** `noble`, `-`, `file:PATH`, `mqtt://…` or `sightings` */
  source: string
  /** Name of this receiver. */
  receiver: string
  zones: Readonly<Record<string, string>>
  /** Smallest count of strangers that is told. */
  k: number
  /** File of the enrolled headsets; without it nobody is tracked. */
  enrolment?: string | undefined
  secretFile: string
  /** Pace of a recording; as fast as it is read when absent. */
  speed?: number | undefined
  record?: { file: string; raw: boolean } | undefined
  /** Put sightings on the shared topic instead of tracking here. */
  share: boolean
  mqttPassword?: string | undefined
  /** Opens the bus that records go to; absent: they are not published. */
  openBus?: (() => Promise<Bus>) | undefined
  /** Who gets the records beside the bus. */
  sinks: readonly Sink[]
  /** HOST:PORT where `/metrics` is served. */
  metricsAt?: string | undefined
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  signal: AbortSignal
  logger: Logger
}

/** Run the BLE collector until its source ends or the signal aborts; what it counted. */
export async function scan(given: ScanOptions): Promise<Record<string, number>> {
  const metrics = new Counters()
  let bus: Bus | undefined
  const { openBus } = given
  const options = openBus ? { ...given, openBus: async () => (bus = await openBus()) } : given
  const hide = await showMetrics(given.metricsAt, { collector: 'scan', counters: metrics, bus: () => bus, logger: given.logger })
  try {
    if (options.source === SIGHTINGS) await trackShared(options, metrics)
    else await collect(options, metrics)
  } finally {
    hide()
  }
  const counted = metrics.toJSON()
  // What went nowhere but to the screen was not published.
  if (!options.openBus) delete counted.published
  return counted
}

async function collect(given: ScanOptions, metrics: Counters): Promise<void> {
  // A source that was opened holds its device until its signal aborts, whatever comes between.
  const over = new AbortController()
  try {
    await collectUntil({ ...given, signal: AbortSignal.any([given.signal, over.signal]) }, metrics)
  } finally {
    over.abort()
  }
}

async function collectUntil(options: ScanOptions, metrics: Counters): Promise<void> {
  const { clock, signal, logger, k, zones, share } = options
  const entries = options.enrolment === undefined ? [] : await readEnrolment(options.enrolment)
  const secret = await readOrCreateSecret(options.secretFile)
  const identify = identifier(entries, secret, options.env)
  // Before the bus: whoever has no radio needs no store.
  const source = await recordedSource(options, metrics, identify, secret)
  // How many strangers there are is told by each receiver, whoever tracks.
  const { sink } = await sinkOf(options, ['device_presence', share ? 'ble_sightings' : 'audio_metrics'])
  logger.info(notice(entries, k, clock.now()))
  const live = options.source.startsWith('noble') || options.source.startsWith('mqtt')
  await runBle({ config: { ...BLE_DEFAULTS, source, identify, k, zones, share, live }, bus: sink, clock, signal, metrics, logger })
}

async function recordedSource(options: ScanOptions, metrics: Counters, identify: Identify, secret: Buffer): Promise<AdvertisementSource> {
  const { clock, signal, logger, receiver, speed, record, mqttPassword } = options
  const source = await openSource(
    options.source,
    { clock, signal, logger, metrics, receiver },
    { ...(speed !== undefined && { speed }), ...(mqttPassword !== undefined && { password: mqttPassword }) },
  )
  if (!record) return source
  await refuseOwnSource(options.source, record.file)
  if (record.raw) logger.warn(`${record.file} will hold addresses and frames as they were heard: personal data of everybody in reach`)
  const redact = record.raw ? null : redactor(secret, (address, time) => identify(address, time)?.person)
  return recorded(source, await openRecording(record.file, redact))
}

/** Opening a recording empties its file. */
async function refuseOwnSource(source: string, record: string): Promise<void> {
  if (!source.startsWith('file:')) return
  const [from, to] = await Promise.all([source.slice('file:'.length), record].map((path) => stat(path).catch(() => undefined)))
  if (!from || !to || from.dev !== to.dev || from.ino !== to.ino) return
  throw new ShitopsError('SHITOPS_E_USAGE', `--record ${record} is the capture that is being read, and would be emptied`, {
    suggestions: ['--record another file'],
  })
}

async function trackShared(options: ScanOptions, metrics: Counters): Promise<void> {
  const { clock, signal, logger, zones } = options
  const { sink, bus } = await sinkOf(options, ['ble_sightings', 'device_presence', 'audio_metrics'])
  if (!bus) {
    throw new ShitopsError('SHITOPS_E_USAGE', '--source sightings reads the bus, so it cannot do without it', {
      suggestions: ['shitops scan --source sightings'],
    })
  }
  logger.info('Tracking the enrolled headsets that other receivers share (shitops scan --share).')
  await runSharedBle({ config: { ...BLE_DEFAULTS, zones }, bus: { ...readerOf(bus), append: sink.append }, clock, signal, metrics, logger })
}

/** The bus, with the topics it takes, and whoever else listens. */
async function sinkOf({ openBus, sinks }: ScanOptions, topics: readonly string[]): Promise<{ sink: Sink; bus?: Bus }> {
  const bus = await openBus?.()
  if (!bus) return { sink: allOf(sinks) }
  await createMissing(bus, topics)
  return { sink: allOf([bus, ...sinks]), bus }
}

const readerOf = (bus: Bus) => ({ consume: bus.consume.bind(bus) })
