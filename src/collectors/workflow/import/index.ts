import { basename } from 'node:path'
import { Pacer } from '../../../bus/ops/pacer.ts'
import { keyOf } from '../../../events/index.ts'
import type { CollectorContext } from '../../collector.ts'
import { untilAborted } from '../../until-aborted.ts'
import type { LogEvent } from '../formats/options.ts'
import { type Problem, placeText } from '../formats/place.ts'
import type { ImportConfig } from './config.ts'
import { deadLetterId, Identities } from './identity.ts'
import { shifted } from './shift.ts'
import { TimeSorter, type Waiting } from './time-sorter.ts'
import { ImportWriter } from './writer.ts'

export type { ImportBatch, ImportConfig } from './config.ts'

/** Kafka takes 1 MiB a batch by default, headers and all. */
const MAX_RECORD = 900 << 10
const tooLarge = (json: string): boolean => json.length > MAX_RECORD / 3 && Buffer.byteLength(json) > MAX_RECORD

/**
 * Events of logs → `workflow_events`, each once: what is known by its id is left out. Bad ones go to `workflow_events.dlq`. Counts `received`,
 * `repeated` (known), `malformed`, `published`.
 */
export async function runImport(context: CollectorContext<ImportConfig>): Promise<void> {
  const run = new ImportRun(context)
  try {
    await run.read()
    await run.writeSorted()
  } finally {
    await run.close()
  }
}

class ImportRun {
  readonly #context: CollectorContext<ImportConfig>
  readonly #writer: ImportWriter
  readonly #pacer: Pacer
  readonly #sorter = new TimeSorter()
  readonly #identities = new Identities()
  #file: string | undefined

  constructor(context: CollectorContext<ImportConfig>) {
    const { bus, clock, config } = context
    this.#context = context
    this.#pacer = new Pacer(config.pace, clock)
    this.#writer = new ImportWriter(context, async (appends) => {
      if (config.write) await config.write(appends)
      else for (const { topic, records } of appends) await bus.append(topic, records)
    })
  }

  async read(): Promise<void> {
    const { config, metrics, signal } = this.#context
    for await (const { file, events, problems } of untilAborted(config.source, signal)) {
      if (file !== this.#file) this.#identities.nextFile()
      this.#file = file
      for (const problem of problems) this.#refuse(problem)
      for (const event of events) await this.#take(event)
      if (config.order === 'file' || this.#writer.full) await this.#writer.flush()
      metrics.add('received', events.length + problems.length)
    }
    await this.#writer.flush()
  }

  /** What was kept back to be put in order. A stop before this writes none of it. */
  async writeSorted(): Promise<void> {
    const { signal } = this.#context
    if (signal.aborted) return
    for await (const items of this.#sorter.sorted()) {
      for (const item of items) {
        await this.#write(item)
        if (signal.aborted) break
      }
      if (signal.aborted) break
    }
    await this.#writer.flush()
  }

  close(): Promise<void> {
    return this.#sorter.close()
  }

  async #take({ event, place }: LogEvent): Promise<void> {
    const { config, metrics } = this.#context
    const id = this.#identities.of(event)
    if (!config.known.add(id)) {
      metrics.add('repeated')
      return
    }
    const safe = shifted(config.people.event(event), config.shift)
    const item: Waiting = { time: Date.parse(safe.event_time), id, key: keyOf('workflow_events', safe), json: JSON.stringify(safe) }
    if (tooLarge(item.json)) {
      this.#refuse({ place, message: `the event is larger than a record may be (${MAX_RECORD >> 10} KiB)` })
      return
    }
    if (config.order === 'file') await this.#write(item)
    else if (this.#sorter.add(item)) await this.#sorter.spill()
  }

  async #write(item: Waiting): Promise<void> {
    const { clock, signal } = this.#context
    const wait = this.#pacer.wait(item.time)
    if (wait > 0) {
      await this.#writer.flush()
      await clock.sleep(wait, signal)
      if (signal.aborted) return
    }
    this.#writer.add(item)
    if (this.#writer.full) await this.#writer.flush()
  }

  /** The file has it whole; the letter tells where, and what of it may be told. Folders may be named for people. */
  #refuse({ place, message, fields }: Problem): void {
    const { people, known } = this.#context.config
    const id = deadLetterId(place, message)
    const value = JSON.stringify({ ...place, file: basename(place.file), ...(fields && { fields: people.values(fields) }) })
    this.#writer.malformed({ code: 'decode_error', message }, placeText(place), known.add(id) ? { id, value } : undefined)
  }
}
