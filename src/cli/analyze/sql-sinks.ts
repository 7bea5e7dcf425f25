import type { Writable } from 'node:stream'
import { ShitopsError } from '../../base/errors.ts'
import { connectorOf } from '../../query/plan/plan-scan.ts'
import type { PlannedQuery } from '../../query/script/script-session.ts'
import { FileSink } from '../../query/sinks/file-sink.ts'
import { Blackhole, changelogLine, LineSink, lineBytes, objectLine, printLine, type Sink } from '../../query/sinks/sink.ts'
import { TopicSink } from '../../query/sinks/topic-sink.ts'
import type { SqlEnvironment, SqlOptions } from './sql-options.ts'
import { TableSink } from './table-sink.ts'

type SinkOptions = Pick<SqlOptions, 'output'> & Pick<SqlEnvironment, 'rows' | 'stdout' | 'columns'>

/** Where the rows of a query go: a SELECT shows them, an INSERT INTO has its table. */
export function sinkOf({ sink, plan }: PlannedQuery, { output, rows, stdout, columns }: SinkOptions): Sink | TopicSink {
  const write = (text: string) => writeText(stdout, text)
  if (!sink) {
    const show = (text: string) => writeText(rows, text)
    if (output === 'table') return new TableSink(plan.columns, show, columns)
    return new LineSink(output === 'ndjson' ? changelogLine(plan.columns) : objectLine(plan.columns), show)
  }
  switch (connectorOf(sink)) {
    case 'blackhole':
      return new Blackhole()
    case 'print':
      return new LineSink(printLine(plan.columns, sink.options.get('print-identifier') ?? ''), write)
    case 'filesystem': {
      const folder = sink.options.get('path')?.replace(/^file:(\/\/)?/, '')
      if (folder === undefined) throw new ShitopsError('SHITOPS_E_SQL_PLAN', `table ${sink.name}: the filesystem connector needs 'path'`)
      return new FileSink(lineBytes(sink, plan.columns), folder, `part-${process.pid}-${Date.now()}.json`)
    }
    case 'kafka':
    case 'upsert-kafka':
      return new TopicSink(sink, plan.columns)
    default:
      throw new ShitopsError('SHITOPS_E_SQL_PLAN', `table ${sink.name}: nothing can be written with 'connector' = '${connectorOf(sink)}'`, {
        suggestions: ['kafka, upsert-kafka, filesystem, print and blackhole can be written'],
      })
  }
}

/** @returns false when the reader has closed the pipe: it has seen enough */
function writeText(stream: Writable, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error) resolve(true)
      else if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false)
      else reject(new ShitopsError('SHITOPS_E_FILE', 'the output cannot be written', { cause: error }))
    })
  })
}
