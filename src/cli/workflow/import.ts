import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { toldStanding } from '../../bus/ops/read-standing.ts'
import { readOrCreateSecret } from '../../collectors/ble/pseudonym-secret.ts'
import { Counters } from '../../collectors/metrics.ts'
import { inspectLog, type ReadOptions } from '../../collectors/workflow/formats/index.ts'
import { IdSet } from '../../collectors/workflow/import/id-set.ts'
import { type ImportConfig, runImport } from '../../collectors/workflow/import/index.ts'
import { readKnown } from '../../collectors/workflow/import/known.ts'
import { People, type PeopleMode } from '../../collectors/workflow/import/people.ts'
import { defaultSecretPath } from '../../config/pseudonym-secret-path.ts'
import { dlqTopic } from '../../events/index.ts'
import { showMetrics } from '../collector-metrics.ts'
import { paceOf } from '../pace.ts'
import { besideDrawing } from '../redrawn.ts'
import { printingSink } from '../scan/sinks.ts'
import { keepHeapSmall } from '../small-heap.ts'
import { doneText, type ImportCounts, ImportProgress, logText, progressLine, retentionText } from './import-view.ts'
import { logBatches } from './log-batches.ts'
import { type LogFacts, LogSummary } from './log-summary.ts'

/** So many bad ones and no good one at the beginning are no log with faults, but one that is read wrongly. */
const HOPELESS = 100

const EVENTS = 'workflow_events'
const LETTERS = dlqTopic(EVENTS)

export interface ImportFlags {
  read: ReadOptions
  people: PeopleMode
  peopleAttributes: readonly string[]
  secretFile: string | undefined
  order: 'time' | 'file'
  speed: string | undefined
  shift: string | undefined
  publish: boolean
  print: boolean
  dryRun: boolean
  quiet: boolean
  utc: boolean
}

export interface ImportContext {
  openBus(): Promise<Bus>
  stderr: NodeJS.WriteStream
  env: Readonly<Record<string, string | undefined>>
  logger: Logger
  signal: AbortSignal
  /** HOST:PORT where `/metrics` is served. */
  metricsAt?: string | undefined
}

export interface ImportOutcome {
  result: LogFacts & { files: readonly string[]; dry_run: boolean; written: number; repeated: number; complete: boolean }
  /** For standard output. */
  text: string
  /** For standard error. */
  note: string
  /** What could be read was imported, but not everything could: SHITOPS_E_WORKFLOW_LOG. */
  failure: ShitopsError | undefined
}

/** Read the logs, and write their events or tell what is in them. */
export async function importLogs(files: readonly string[], flags: ImportFlags, context: ImportContext): Promise<ImportOutcome> {
  const { signal } = context
  keepHeapSmall()
  const [pace, shift] = [paceOf({ speed: flags.speed }), shiftOf(flags.shift)]
  if (pace.kind === 'speed' && flags.order === 'file') throw orderedSpeed()
  // All of them, before anything of the first is written.
  let size = 0
  for (const file of files) size += (await inspectLog(file, flags.read)).size
  const summary = new LogSummary()
  const metrics = new Counters()
  const began = systemClock.now()
  const progress = flags.quiet ? undefined : new ImportProgress(context.stderr, () => progressLine(summary, size, metrics.get('written')))
  const logger = progress?.drawing ? besideDrawing(context.logger, progress.drawing) : context.logger
  const onNote = ({ file, message }: { file: string; message: string }) => logger.warn(`${file}: ${message}`)
  const batches = logBatches(files, { read: flags.read, summary, onNote })
  let bus: Bus | undefined
  const openBus = async () => (bus = await context.openBus())
  let hide = () => {}
  try {
    hide = await showMetrics(context.metricsAt, { collector: 'workflow-import', counters: metrics, bus: () => bus, logger })
    // Options that the log does not understand come to light before a bus is touched.
    const source = await begun(batches)
    if (!flags.dryRun && summary.count === 0 && summary.bad >= HOPELESS) throw hopeless(summary)
    if (flags.dryRun) await drain(source, signal)
    else await write(source, { flags, context: { ...context, openBus, logger }, metrics, summary, pace, shift, files })
  } finally {
    hide()
    progress?.end()
  }
  return outcomeOf(files, flags, { summary, metrics, elapsed: systemClock.now() - began, stopped: signal.aborted })
}

interface Writing {
  flags: ImportFlags
  context: ImportContext
  metrics: Counters
  summary: LogSummary
  pace: ImportConfig['pace']
  shift: number
  files: readonly string[]
}

async function write(source: ImportConfig['source'], { flags, context, metrics, summary, pace, shift, files }: Writing): Promise<void> {
  const { logger, signal, env } = context
  const known = new IdSet()
  const bus = flags.publish ? await context.openBus() : undefined
  const id = writerId(files, flags.read.process)
  if (bus) {
    await createMissing(bus, [EVENTS, LETTERS])
    // Whoever runs the same import at this moment may no longer write; what it wrote is there to be seen.
    await readKnown(bus, await bus.takeOver(id, { topics: [EVENTS] }), known, signal)
    // Not taken over, which leaves something in Kafka's log: whoever may not read dead letters need not, where there are none.
    await readKnown(bus, { standing: await toldStanding(bus, [LETTERS]) }, known, signal)
  }
  const printer = flags.print ? printingSink() : undefined
  const retention = bus ? await retentionOf(bus) : Number.POSITIVE_INFINITY
  const people = new People({ mode: flags.people, attributes: flags.peopleAttributes, secret: await secretOf(flags, env) })
  const watched = endedBy(source, () => {
    const warning = retentionText(summary, retention, shift, systemClock)
    if (warning !== undefined) logger.warn(warning)
  })
  await runImport({
    bus: { append: async () => [] },
    clock: systemClock,
    signal,
    metrics,
    logger,
    config: {
      ...{ source: watched, people, known, order: flags.order, pace, shift },
      write: async (appends) => {
        await bus?.transact({ id, appends })
        for (const { topic, records } of appends) await printer?.append(topic, records)
      },
    },
  })
}

/** Stable for the same files, so that a second run of an import fences the first. */
const writerId = (files: readonly string[], process: string | undefined): string =>
  `workflow.import.${createHash('sha256')
    .update(JSON.stringify([process ?? null, ...files.map((file) => basename(file))]))
    .digest('hex')
    .slice(0, 16)}`

async function retentionOf(bus: Bus): Promise<number> {
  const { config } = await bus.describeTopic('workflow_events')
  const ms = Number(config['retention.ms'] ?? Number.POSITIVE_INFINITY)
  return ms < 0 ? Number.POSITIVE_INFINITY : ms
}

/** Only hashes need a key. */
async function secretOf({ people, secretFile }: ImportFlags, env: ImportContext['env']): Promise<Buffer> {
  return people === 'hash' ? readOrCreateSecret(secretFile ?? defaultSecretPath(env)) : Buffer.alloc(0)
}

/** The same source, whose first item was waited for. */
async function begun<T>(source: AsyncGenerator<T>): Promise<AsyncIterable<T>> {
  const first = await source.next()
  return (async function* () {
    if (first.done) return
    yield first.value
    yield* source
  })()
}

async function* endedBy<T>(source: AsyncIterable<T>, ended: () => void): AsyncGenerator<T> {
  yield* source
  ended()
}

async function drain(source: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
  for await (const _ of source) if (signal.aborted) return
}

interface Ending {
  summary: LogSummary
  metrics: Counters
  elapsed: number
  stopped: boolean
}

function outcomeOf(files: readonly string[], flags: ImportFlags, { summary, metrics, elapsed, stopped }: Ending): ImportOutcome {
  const facts = summary.toJSON()
  const count = (name: string) => metrics.get(name)
  const complete = !stopped && summary.broken.length === 0
  const counts: ImportCounts = {
    written: count('written'),
    repeated: count('repeated'),
    bad: summary.bad,
    stopped,
  }
  const text = flags.dryRun ? `${logText(facts, summary.activities, flags.utc)}Nothing was written (--dry-run).\n` : ''
  return {
    result: { files, dry_run: flags.dryRun, ...facts, written: counts.written, repeated: counts.repeated, complete },
    text,
    note: flags.dryRun ? '' : doneText(counts, facts, elapsed, flags.publish),
    failure: summary.broken.length === 0 ? undefined : brokenLog(summary.broken, flags.dryRun),
  }
}

function brokenLog(broken: readonly string[], dryRun: boolean): ShitopsError {
  const [first = ''] = broken
  const more = broken.length > 1 ? `; and ${plural(broken.length - 1, 'more problem')}` : ''
  return new ShitopsError('SHITOPS_E_WORKFLOW_LOG', `${first}${more}`, {
    suggestions: [
      'fetch the file again and run the same command: what is there is not written again',
      ...(dryRun ? [] : ['shitops tail workflow_events.dlq --max 5']),
    ],
  })
}

function hopeless(summary: LogSummary): ShitopsError {
  const { bad, problems } = summary.toJSON()
  return new ShitopsError('SHITOPS_E_WORKFLOW_LOG', `none of the first ${bad} events can be used: ${problems[0]}`, {
    suggestions: [
      '--dry-run shows which column plays which part',
      '--map PART=COLUMN',
      '--date-order, --delimiter, --encoding or --format',
    ],
  })
}

function shiftOf(text: string | undefined): number {
  if (text === undefined) return 0
  const ms = parseDuration(text.replace(/^[+-]/, ''))
  if (ms !== undefined) return text.startsWith('-') ? -ms : ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--shift ${text} is not a duration such as ${DURATION_FORMS}`, { suggestions: ['--shift 52w'] })
}

const orderedSpeed = () =>
  new ShitopsError('SHITOPS_E_USAGE', '--speed keeps the gaps between events, and those need them in order of time', {
    suggestions: ['leave out --order file'],
  })
