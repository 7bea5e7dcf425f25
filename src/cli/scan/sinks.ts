import { systemClock } from '../../base/clock.ts'
import { envelopeOf } from '../../bus/envelope/write.ts'
import type { Sink } from '../../collectors/collector.ts'
import { writeOut } from '../stdio.ts'
import type { ScanView } from './view.ts'

/** One sink that hands every record to all of them. */
export function allOf(sinks: readonly Sink[]): Sink {
  return {
    append: async (topic, records, how) => (await Promise.all(sinks.map((sink) => sink.append(topic, records, how)))).flat(),
  }
}

/** Prints every record as `tail --output ndjson` does; what was not published has no partition and no offset. */
export function printingSink(): Sink {
  return {
    append: async (topic, records) => {
      await writeOut(records.map((record) => `${envelopeOf(topic, record, systemClock.now())}\n`).join(''))
      return []
    },
  }
}

/** Shows the records to a person. */
export function viewSink(view: ScanView): Sink {
  return {
    append: async (topic, records) => {
      for (const { value } of records) if (value !== null) view.record(topic, JSON.parse(String(value)))
      await view.flush()
      return []
    },
  }
}
