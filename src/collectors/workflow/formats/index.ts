import { basename } from 'node:path'
import { ShitopsError } from '../../../base/errors.ts'
import { openLog } from './bytes.ts'
import { encodingOf, FALLBACK } from './encoding.ts'
import type { FormatReader, LogFile } from './log-file.ts'
import { Mapper } from './mapper.ts'
import type { Format, LogEvent, ReadOptions } from './options.ts'
import { isOldOcel, sniff } from './sniff.ts'
import { TimeReader } from './time.ts'
import { logZone } from './zone.ts'

export { FORMATS, type Format, type LogEvent, type ReadOptions } from './options.ts'
export { type Note, type Place, type Problem, placeText } from './place.ts'
export { ROLES, type Role } from './roles.ts'

/**
 * What a log is, and how many bytes it has (packed).
 * @throws as {@link readLog}
 */
export async function inspectLog(path: string, { format }: Pick<ReadOptions, 'format'> = {}): Promise<{ format: Format; size: number }> {
  const { head, size } = await openLog(path)
  const found = formatOf(path, head, format)
  return { format: found, size }
}

/**
 * The events of a log in the order of the file. Memory does not grow with the file. Bad input is told with `onProblem`, never thrown; persons are
 * named as the log names them: nothing of this goes on the bus before `--people` is applied.
 *
 * @example for await (const { event, place } of readLog('claims.xes.gz', { onProblem: count })) …
 * @throws SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED when the file cannot be opened; SHITOPS_E_USAGE for options that mean nothing to it
 */
export async function* readLog(path: string, options: ReadOptions = {}): AsyncGenerator<LogEvent> {
  for await (const events of readLogBatches(path, options)) for (const event of events) yield event
}

/** As {@link readLog}, as many events at once as came from a piece of the file: several times as fast. */
export async function* readLogBatches(path: string, options: ReadOptions = {}): AsyncGenerator<LogEvent[]> {
  const log = await openLog(path, options.onBytes)
  const format = formatOf(path, log.head, options.format)
  const noted = new Set<string>()
  const note = (code: string, message: string) => {
    if (noted.has(code)) return
    noted.add(code)
    options.onNote?.({ file: path, code, message })
  }
  const time = new TimeReader(logZone(options.zone ?? 'UTC'))
  const encoding = options.encoding ?? encodingOf(log.head)
  if (options.encoding === undefined && encoding === FALLBACK && format !== 'ocel-sqlite') {
    note('encoding', `the file is not UTF-8 and was read as ${encoding} (--encoding NAME reads it otherwise)`)
  }
  const file: LogFile = {
    path,
    log,
    encoding,
    options,
    time,
    process: options.process ?? processOf(path),
    mapper: ({ names, process, readTime }) =>
      new Mapper({
        names,
        time,
        process: process ?? file.process,
        ...(readTime && { readTime }),
        onMapping: options.onMapping,
        onUnused: (what, value) => note(`unknown_${what}`, unusedText(what, value)),
      }),
    note,
  }
  yield* (await readerOf(format))(file)
  if (time.unzoned > 0 && options.zone === undefined) {
    note('no_zone', 'times have no zone and were taken for UTC (--zone Europe/Berlin says where they were written)')
  }
}

function formatOf(path: string, head: Buffer, given: Format | undefined): Format {
  if (isOldOcel(head)) {
    throw new ShitopsError('SHITOPS_E_FILE', `${path} is OCEL 1.0, and 2.0 is what can be read`, {
      suggestions: ['convert it: pm4py.read_ocel("log.jsonocel"), pm4py.write_ocel2_json(ocel, "log.json")'],
    })
  }
  const found = given ?? sniff(head)
  if (found) return found
  throw notALog(path)
}

/** Heavy parts are loaded by those who need them. */
async function readerOf(format: Format): Promise<FormatReader> {
  switch (format) {
    case 'xes':
      return (await import('./read-xes.ts')).readXes
    case 'csv':
      return (await import('./read-csv.ts')).readCsv
    case 'ndjson':
      return (await import('./read-ndjson.ts')).readNdjson
    case 'ocel-json':
      return (await import('./read-ocel-json.ts')).readOcelJson
    case 'ocel-xml':
      return (await import('./read-ocel-xml.ts')).readOcelXml
    case 'ocel-sqlite':
      return (await import('./read-ocel-sqlite.ts')).readOcelSqlite
  }
}

/** `claims.xes.gz` → `claims` */
const processOf = (path: string): string => basename(path).replace(/(\.[A-Za-z]\w{0,8}){1,2}$/, '') || basename(path)

function unusedText(what: string, value: string): string {
  const shown = JSON.stringify(value.slice(0, 40))
  return what === 'lifecycle'
    ? `lifecycle words such as ${shown} are of no standard: they are kept as attributes, and the events count as completed`
    : `values such as ${shown} do not fit ${what} and are kept as attributes`
}

const notALog = (path: string) =>
  new ShitopsError(
    'SHITOPS_E_FILE',
    `${path} is none of the logs that can be read: XES, OCEL 2.0 (JSON, XML, SQLite), CSV, NDJSON, each also gzipped`,
    {
      suggestions: ['--format csv, where its content does not tell', `file ${path}`],
    },
  )
