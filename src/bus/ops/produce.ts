import { untilAborted } from '../../base/abort.ts'
import type { Clock } from '../../base/clock.ts'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import { plural } from '../../base/plural.ts'
import { dlqRecord, dlqTopic } from '../../events/dlq.ts'
import type { Bus, OutRecord } from '../bus.ts'
import { readEnvelope } from '../envelope/read.ts'
import { createMissing } from './create-missing.ts'
import { type Line, linesOf } from './lines.ts'
import { type Pace, Pacer } from './pacer.ts'

/** What is wrong with a record, and in which of its fields (empty: the record as a whole). */
export interface RecordProblem {
  field: string
  problem: string
}

export interface ProduceRequest {
  topic: string
  /** NDJSON in bytes, cut anywhere. */
  input: AsyncIterable<Buffer | string>
  /** Each line is a record as tail prints it, or a bare value, which `ofValue` makes a record of. */
  ofValue?: ((value: string) => OutRecord | RecordProblem) | undefined
  /** The topic's schema; undefined takes every record. */
  validate?: ((record: OutRecord) => RecordProblem | undefined) | undefined
  /** At an invalid line: stop there, keep it in the dead-letter topic, or leave it out. */
  onError: 'stop' | 'dlq' | 'skip'
  pace: Pace
  /** Read and check everything, write nothing. */
  dryRun?: boolean
  signal: AbortSignal
  clock: Clock
  /** Told of each line that is not written to the topic. */
  onInvalid(message: string): void
  /** Told when the bus takes no more, before that is thrown: how many records, from the first on, it has taken. */
  onFailure?(written: number): void
}

export interface ProduceSummary {
  topic: string
  /** Records written; with dryRun, that would have been. */
  written: number
  /** Lines left out, or kept in the dead-letter topic. */
  invalid: number
}

const BATCH_RECORDS = 5_000

/**
 * Write the records of an NDJSON stream. What arrives together is written together, while the next lines are read and checked.
 * Rejects with SHITOPS_E_RECORD_INVALID at the first bad line (onError `stop`) once the good ones before it are written; the message says how many.
 */
export async function produce(bus: Bus, request: ProduceRequest): Promise<ProduceSummary> {
  const writer = new BatchWriter(request.dryRun ? undefined : bus, request)
  const pacer = new Pacer(request.pace, request.clock)
  let invalid = 0
  for await (const lines of linesOf(untilAborted(request.input, request.signal))) {
    // The line that the stop cut in two comes last.
    if (request.signal.aborted) break
    for (const line of lines) {
      const result = check(line, request)
      if ('problem' in result) {
        invalid++
        await refuse(writer, request, line, result)
        continue
      }
      const wait = request.dryRun ? 0 : pacer.wait(result.record.timestamp ?? request.clock.now())
      if (wait > 0) {
        await writer.finish()
        await request.clock.sleep(wait, request.signal)
      }
      if (request.signal.aborted) break
      if (writer.add(result.record) >= BATCH_RECORDS) await writer.write()
    }
    writer.writeWhenFree()
  }
  await writer.finish()
  return { topic: request.topic, written: writer.written, invalid }
}

type Checked = { record: OutRecord } | RecordProblem

function check(line: Line, { ofValue, validate }: ProduceRequest): Checked {
  if (line.text === undefined) return { field: '', problem: line.problem ?? 'unreadable' }
  const read = ofValue ? bareValue(line.text, ofValue) : readEnvelope(line.text)
  if ('problem' in read) return read
  return validate?.(read.record) ?? read
}

function bareValue(text: string, ofValue: NonNullable<ProduceRequest['ofValue']>): Checked {
  try {
    JSON.parse(text)
  } catch (error) {
    return { field: '', problem: `not JSON: ${messageOf(error)}` }
  }
  const made = ofValue(text)
  return 'problem' in made ? made : { record: made }
}

async function refuse(writer: BatchWriter, request: ProduceRequest, line: Line, { field, problem }: RecordProblem): Promise<void> {
  const message = `line ${line.number}: ${field === '' ? '' : `${field}: `}${problem}`
  if (request.onError === 'stop') {
    await writer.finish()
    const done = request.dryRun
      ? `${plural(writer.written, 'line before it is', 'lines before it are')} good`
      : `${plural(writer.written, 'record before it was', 'records before it were')} written`
    throw new ShitopsError('SHITOPS_E_RECORD_INVALID', `${message} (${done})`, {
      suggestions: ['correct the line', '--on-error dlq', '--on-error skip', remedyOf(field)],
    })
  }
  request.onInvalid(message)
  if (request.onError === 'skip' || request.dryRun) return
  const letter = { key: null, value: line.text ?? '', ...(request.ofValue ? {} : originalOf(line)) }
  const reason = { code: 'SHITOPS_E_RECORD_INVALID', message }
  await writer.addToDlq(dlqRecord(request.topic, letter, reason, request.clock.now()))
}

/** A value may be let through as it is; what is no record at all may be text. */
const remedyOf = (field: string) => (/^value\b/.test(field) ? '--no-validate' : '--raw takes each line as a value, whatever it is')

/** The record that a line holds, where it does: its value is not what its topic wants, but a redrive can send it as it was. */
function originalOf(line: Line): OutRecord | undefined {
  const read = line.text === undefined ? undefined : readEnvelope(line.text)
  return read && 'record' in read ? read.record : undefined
}

/** Gathers records while the last batch is on its way; one append at a time keeps the order. */
class BatchWriter {
  readonly #bus: Bus | undefined
  readonly #topic: string
  readonly #failed: ((written: number) => void) | undefined
  #pending: OutRecord[] = []
  #inFlight: Promise<void> | undefined
  #dlqReady = false
  #failure: { error: unknown } | undefined
  /** Records appended, or taken where there is no bus to append to. */
  written = 0

  constructor(bus: Bus | undefined, { topic, onFailure }: ProduceRequest) {
    this.#bus = bus
    this.#topic = topic
    this.#failed = onFailure
  }

  /** How many are waiting now. */
  add(record: OutRecord): number {
    return this.#pending.push(record)
  }

  /** Write what is waiting unless a batch is on its way: then it goes with what comes until that is done. */
  writeWhenFree(): void {
    if (this.#inFlight || this.#pending.length === 0) return
    const records = this.#pending
    this.#pending = []
    this.#inFlight = this.#append(records).then(
      () => {
        this.#inFlight = undefined
      },
      (error: unknown) => {
        this.#failure ??= { error }
        this.#inFlight = undefined
      },
    )
  }

  /** Wait for the batch on its way, then send the next. Rejects if one failed. */
  async write(): Promise<void> {
    await this.#inFlight
    if (this.#failure) {
      this.#failed?.(this.written)
      throw this.#failure.error
    }
    this.writeWhenFree()
  }

  /** All that was added is on the bus. */
  async finish(): Promise<void> {
    await this.write()
    await this.write()
  }

  async addToDlq(record: OutRecord): Promise<void> {
    if (!this.#bus) return
    const topic = dlqTopic(this.#topic)
    if (!this.#dlqReady) await createMissing(this.#bus, [topic])
    this.#dlqReady = true
    await this.#bus.append(topic, [record])
  }

  async #append(records: OutRecord[]): Promise<void> {
    await this.#bus?.append(this.#topic, records)
    this.written += records.length
  }
}
