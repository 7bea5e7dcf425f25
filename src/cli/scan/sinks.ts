import type { OutRecord } from '../../bus/bus.ts'
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
      await writeOut(records.map((record) => lineOf(topic, record)).join(''))
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

/** The value is JSON already. */
function lineOf(topic: string, { key, value, timestamp, headers = [] }: OutRecord): string {
  const named = Object.fromEntries(headers.map(([name, text]) => [name, String(text)]))
  const before = JSON.stringify({ topic, partition: null, offset: null, timestamp, key: key && String(key), headers: named })
  return `${before.slice(0, -1)},"value":${value}}\n`
}
