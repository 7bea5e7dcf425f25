import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus, RecordBatch } from '../../bus/bus.ts'
import { DamageCount } from '../../bus/ops/damage-count.ts'
import { resolveRange } from '../../bus/ops/range.ts'
import { readRuns } from '../../bus/ops/read-runs.ts'
import { parsePosition } from '../../bus/position.ts'
import type { WorkflowEvent } from '../../events/event-types.ts'
import type { EventPlace, PlacedEvent } from '../../mining/placed-event.ts'
import { readEvent } from './read-event.ts'
import type { SourceFlags } from './source-flags.ts'

export interface SourceContext {
  open(): Promise<Bus>
  logger: Logger
  signal: AbortSignal
  /** ms since the epoch */
  now: number
}

export interface SourceCounts {
  /** Events of the process asked for. */
  events: number
  /** What could not be read; each kind is told once. */
  bad: number
}

/** Bad input is named one by one up to here. */
const NAMED = 5

/**
 * The events of files in the order of the files, or of the topic `workflow_events` by record time. What cannot be read is counted and named.
 * @throws SHITOPS_E_FILE, SHITOPS_E_USAGE, SHITOPS_E_TOPIC_UNKNOWN, SHITOPS_E_BUS_CORRUPT (at the end, when parts of the topic are damaged)
 */
export async function* workflowEvents(
  files: readonly string[],
  flags: SourceFlags,
  context: SourceContext,
  counts: SourceCounts,
): AsyncGenerator<PlacedEvent> {
  const events = files.length > 0 ? fromFiles(files, flags, context, counts) : fromTopic(flags, context, counts)
  for await (const placed of events) {
    if (flags.process !== undefined && placed.event.process !== flags.process) continue
    counts.events++
    yield placed
  }
  if (counts.bad > NAMED) context.logger.warn(`${counts.bad - NAMED} more events cannot be read`)
}

async function* fromFiles(files: readonly string[], flags: SourceFlags, { logger, signal }: SourceContext, counts: SourceCounts) {
  if (flags.from !== undefined || flags.to !== undefined) {
    throw new ShitopsError('SHITOPS_E_USAGE', '--from and --to are positions of the topic; a file is read whole', {
      suggestions: ['leave out FILE to read the topic workflow_events', 'shitops workflow import FILE, then --from'],
    })
  }
  const { placeText, readLogBatches } = await import('../../collectors/workflow/formats/index.ts')
  const { readOptions } = await import('./read-flags.ts')
  // --process chooses among the processes of the events here; in an import it names them.
  const options = readOptions({ ...flags, process: undefined })
  for (const file of files) {
    const batches = readLogBatches(file, {
      ...options,
      onProblem: ({ place, message }) => complain(`${placeText(place)}: ${message}`, counts, logger),
      onNote: ({ message }) => logger.info(`${file}: ${message}`),
    })
    for await (const batch of batches) {
      if (signal.aborted) return
      for (const { event, place } of batch) yield { event, place: { file: place.file, line: place.line } }
    }
  }
}

async function* fromTopic(flags: SourceFlags, context: SourceContext, counts: SourceCounts): AsyncGenerator<PlacedEvent> {
  const from = parsePosition(flags.from ?? 'start', context.now, 'from')
  const to = parsePosition(flags.to ?? 'end', context.now, 'to')
  const bus = await context.open()
  const range = await resolveRange(bus, { topic: 'workflow_events', from, to })
  for (const warning of range.warnings) context.logger.warn(warning)
  const damage = new DamageCount()
  const onDamage = damage.add.bind(damage)
  const request = { ranges: [range], follow: false, order: 'time' as const, signal: context.signal, onDamage }
  for await (const { batch, from: first, to: end } of readRuns(bus, request)) {
    for (let i = first; i < end; i++) {
      const event = readRecord(batch, i, counts, context.logger)
      if (event) yield { event, place: placeOf(batch, i) }
    }
  }
  const failure = damage.error()
  if (failure) throw failure
}

/** The event of a record, or undefined, counted and named, when it is none. */
export function readRecord(batch: RecordBatch, i: number, counts: SourceCounts, logger: Logger): WorkflowEvent | undefined {
  const event = readEvent(batch.value(i))
  if (typeof event !== 'string') return event
  complain(`workflow_events/${batch.partition}@${batch.offset(i)}: ${event}`, counts, logger)
  return undefined
}

export const placeOf = (batch: RecordBatch, i: number): EventPlace => {
  return { topic: batch.topic, partition: batch.partition, offset: batch.offset(i) }
}

function complain(message: string, counts: SourceCounts, logger: Logger): void {
  if (++counts.bad <= NAMED) logger.warn(message)
}
