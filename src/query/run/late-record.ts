import { LATE_SUFFIX } from '../../events/topics.ts'
import type { Row } from '../operators/operator.ts'
import { rowToJson } from '../sinks/row-json.ts'
import type { Column } from '../types/sql-type.ts'
import type { JobOutput } from './bus-job-options.ts'

/** The topic of the rows that came too late for a result. */
export function lateTopic(output: string): string {
  return output + LATE_SUFFIX
}

/**
 * A row that came behind the watermark, as a record: its columns where it was left out, and in headers for which step it was too late.
 *
 * @param output topic of the result
 */
export function lateRecords(output: string): (row: Row, columns: readonly Column[], step: string) => JobOutput {
  const writers = new Map<readonly Column[], (row: Row) => string>()
  return (row, columns, step) => {
    let write = writers.get(columns)
    if (!write) {
      // A step may have a column several times, for different uses.
      const kept = [...columns.keys()].filter((i) => columns.findIndex(({ name }) => name === columns[i]?.name) === i)
      const json = rowToJson(
        kept.map((i) => columns[i] as Column),
        { timestampFormat: 'ISO-8601', omitNulls: false },
      )
      write = (late) => json(kept.map((i) => late[i]))
      writers.set(columns, write)
    }
    return { topic: lateTopic(output), key: null, value: write(row), late: true, headers: [['late_for', step]] }
  }
}
