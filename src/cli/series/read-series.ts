import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import { readRows } from './read-rows.ts'
import { seriesChunks } from './series-chunks.ts'

/** A series as a whole: rows that have a time after that of the row before, and a value. */
export interface WholeSeries {
  readonly name: string
  readonly times: readonly number[]
  readonly values: readonly number[]
  /** Rows left out: without a value, not read, not after the row before. */
  readonly left: number
}

/**
 * @param file a path, or - for stdin
 * @param column name of the value column or its number from 1; the first that `anomaly score` would find where there is none
 * @throws SHITOPS_E_FILE, SHITOPS_E_USAGE when the column is not there
 */
export async function readSeries(file: string, column: string | undefined, logger: Logger, signal: AbortSignal): Promise<WholeSeries> {
  const [times, values]: [number[], number[]] = [[], []]
  let left = 0
  try {
    for await (const rows of readRows(seriesChunks(file, signal), column === undefined ? [] : [column])) {
      for (const { time, numbers } of rows) {
        const value = numbers[0] as number
        if (time === undefined || Number.isNaN(value) || time <= (times.at(-1) ?? Number.NEGATIVE_INFINITY)) {
          left++
          continue
        }
        times.push(time)
        values.push(value)
      }
    }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new ShitopsError('SHITOPS_E_USAGE', `${file} has no column "${cause.message}"`, {
      suggestions: ['name the column as the header does, or by its number from 1'],
    })
  }
  if (left > 0) logger.warn(`${file}: ${plural(left, 'row')} left out: without a time or a value, or not later than the row before`)
  return { name: file, times, values, left }
}
