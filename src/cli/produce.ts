import { createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { untilAborted } from '../base/abort.ts'
import { systemClock } from '../base/clock.ts'
import { ShitopsError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { unreadable } from '../base/unreadable.ts'
import type { Bus, OutRecord } from '../bus/bus.ts'
import { type ProduceRequest, type ProduceSummary, produce, type RecordProblem } from '../bus/ops/produce.ts'
import { type Fill, fillFrom, produceLines } from '../bus/ops/produce-lines.ts'
import { topicOffsets } from '../bus/ops/topic-lookup.ts'
import { createTopics } from '../bus/ops/topics.ts'
import type { EventOf, TopicName } from '../events/event-types.ts'
import { dlqTopic, isTopicName, keyOf, toRecordFromJson, type Validator, validatorOf } from '../events/index.ts'
import { plural } from './amounts.ts'
import { paceOf } from './pace.ts'
import { stdinChunks } from './stdio.ts'
import { specsOf } from './topic-spec.ts'

export interface ProduceFlags {
  file: string
  valueOnly: boolean
  /** Lines are values as they are, of any bytes. */
  raw: boolean
  key?: string | undefined
  validate: boolean
  onError: ProduceRequest['onError']
  create: boolean
  rate?: string | undefined
  dryRun: boolean
}

export interface ProduceContext {
  open(options: { readOnly: boolean }): Promise<Bus>
  stdin: { isTTY?: boolean }
  logger: Logger
  signal: AbortSignal
}

/** Bad lines are told one by one up to here; the summary counts the rest. */
const TOLD = 10

/** Write the lines of standard input or a file to a topic. */
export async function produceFromInput(
  topic: string,
  flags: ProduceFlags,
  { open, stdin, logger, signal }: ProduceContext,
): Promise<ProduceSummary> {
  if (flags.file === '-' && stdin.isTTY) throw nothingPiped(topic)
  const pace = paceOf(flags)
  const bus = await open({ readOnly: flags.dryRun })
  if (flags.create) await createTopics(bus, { specs: specsOf([topic], {}), ifNotExists: true, dryRun: flags.dryRun })
  if (!(flags.create && flags.dryRun)) await topicOffsets(bus, topic)
  if (flags.raw) {
    const key = flags.key === undefined ? null : Buffer.from(flags.key)
    const input = (until: AbortSignal) => inputOf(flags.file, until)
    const written = await produceLines(bus, { topic, input, key, dryRun: flags.dryRun, signal })
    const summary = { topic, written, invalid: 0 }
    logger.info(sentence(summary, flags))
    return summary
  }
  const validator = flags.validate ? await validatorOf(topic) : null
  let told = 0
  const summary = await produce(bus, {
    topic,
    input: flags.file === '-' ? stdinChunks(signal) : fileChunks(flags.file),
    ofValue: flags.valueOnly ? recordMaker(topic, flags.key) : undefined,
    validate: validator ? (record) => firstProblem(validator, record) : undefined,
    onError: flags.onError,
    pace,
    dryRun: flags.dryRun,
    signal,
    clock: systemClock,
    onInvalid: (message) => {
      if (told++ < TOLD) logger.warn(message)
    },
    onFailure: (written) => {
      if (written > 0) logger.warn(`the first ${plural(written, 'record')} are in ${topic}: go on behind them, or they will be there twice`)
    },
  })
  logger.info(sentence(summary, flags))
  return summary
}

function sentence({ topic, written, invalid }: ProduceSummary, { dryRun, onError }: ProduceFlags): string {
  const bad =
    onError === 'dlq' && !dryRun ? `${plural(invalid, 'bad line')} kept in ${dlqTopic(topic)}` : `${plural(invalid, 'bad line')} left out`
  const good = dryRun ? `${plural(written, 'record')} would be written to ${topic}` : `${plural(written, 'record')} written to ${topic}`
  return `${good}${invalid > 0 ? `; ${bad}` : ''}.`
}

function firstProblem(validate: Validator, { value }: OutRecord): RecordProblem | undefined {
  const problems = validate(typeof value === 'string' ? Buffer.from(value) : value)
  const [first] = problems ?? []
  if (!first) return undefined
  const more = (problems?.length ?? 1) - 1
  const field = first.path === '' ? 'value' : `value.${first.path}`
  return { field, problem: `${first.message}${more > 0 ? ` (and ${plural(more, 'more problem')})` : ''}` }
}

/** Makes a record of a bare value: an event of a known topic gets its key, time and CloudEvents headers from its fields. */
function recordMaker(topic: string, key: string | undefined): (value: string) => OutRecord {
  if (!isTopicName(topic)) return (value) => ({ key: key ?? null, value })
  return (value) => {
    const event = JSON.parse(value) as EventOf<TopicName>
    const eventKey = key ?? keyOf(topic, event)
    const timed = typeof event?.event_time === 'string' && !Number.isNaN(Date.parse(event.event_time))
    return timed ? toRecordFromJson(topic, eventKey, value, event.event_time, { source: '/produce' }) : { key: eventKey, value }
  }
}

/**
 * Files are read right to where their bytes are wanted, and at once: a page that the system holds is there before another thread would have been
 * woken, and in this processor's cache. What comes from a pipe may be long in coming, and is a stream.
 */
function inputOf(file: string, signal: AbortSignal): Fill {
  if (file === '-' && !fstatSync(STDIN).isFile()) return fillFrom(untilAborted(stdinChunks(signal), signal))
  const fd = file === '-' ? STDIN : openForReading(file)
  return (space) => {
    if (signal.aborted) return 0
    try {
      return readSync(fd, space)
    } catch (error) {
      throw fileError(file, error)
    }
  }
}

function openForReading(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (error) {
    throw fileError(file, error)
  }
}

const STDIN = 0

async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk
  } catch (error) {
    throw fileError(path, error)
  }
}

const fileError = (path: string, cause: unknown) => unreadable(path, cause, (file) => `--file ${file}`)

function nothingPiped(topic: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_USAGE', 'produce reads records from standard input, and here that is a terminal', {
    suggestions: [
      `shitops produce ${topic} < records.ndjson`,
      `shitops tail OTHER --to end --output ndjson | shitops produce ${topic}`,
      `shitops produce ${topic} --file records.ndjson`,
    ],
  })
}
