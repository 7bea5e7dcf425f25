import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A labelled series of the corpus: times in ms since 1970 (its text has no zone; UTC is taken), windows by row, both ends inside. */
export interface Series {
  readonly name: string
  readonly group: string
  readonly times: Float64Array
  readonly values: Float64Array
  readonly windows: ReadonlyArray<readonly [number, number]>
}

/** Where the corpus is: `$SHITOPS_NAB`, or beside the checkout. */
export const corpusFolder = (): string => process.env.SHITOPS_NAB ?? join(import.meta.dirname, '../../../shared/data/anomaly')

/** Every series of the folder (`data/GROUP/*.csv` with `windows.json`); undefined where the folder is not there. */
export function readCorpus(folder: string): Series[] | undefined {
  if (!existsSync(join(folder, 'windows.json'))) return undefined
  const labels = JSON.parse(readFileSync(join(folder, 'windows.json'), 'utf8')) as Record<string, Array<[string, string]>>
  const groups = readdirSync(join(folder, 'data')).sort()
  return groups.flatMap((group) => {
    const files = readdirSync(join(folder, 'data', group)).filter((file) => file.endsWith('.csv'))
    return files.sort().map((file) => {
      const name = `${group}/${file}`
      return { name, group, ...readSeries(readFileSync(join(folder, 'data', name), 'utf8'), labels[name] ?? []) }
    })
  })
}

function readSeries(text: string, labels: ReadonlyArray<readonly [string, string]>): Pick<Series, 'times' | 'values' | 'windows'> {
  const rows = text.trim().split('\n').slice(1)
  const times = Float64Array.from(rows, (row) => Date.parse(`${row.slice(0, row.indexOf(',')).replace(' ', 'T')}Z`))
  const values = Float64Array.from(rows, (row) => Number(row.slice(row.indexOf(',') + 1)))
  const windows = labels.map(([from, to]): [number, number] => {
    const [start, end] = [from, to].map((at) => Date.parse(`${at.slice(0, 19).replace(' ', 'T')}Z`)) as [number, number]
    return [times.findIndex((time) => time >= start), times.findLastIndex((time) => time <= end)]
  })
  return { times, values, windows }
}
