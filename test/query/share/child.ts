/** One of several processes that run `shitops analyze sql --job shared`. Environment: SHARE_URL, SHARE_SQL. Says {message} of what it logs. */
import { runSql } from '../../../src/cli/analyze/sql.ts'
import { runChild } from './run-child.ts'

const { SHARE_URL: url, SHARE_SQL: text } = process.env
if (url && text) {
  const options = {
    text,
    inputs: new Map<string, string>(),
    output: 'ndjson',
    untilEnd: false,
    start: 'earliest',
    job: 'shared',
    idleTimeout: 3_600_000,
  } as const
  runChild(url, (environment) => runSql(options, { ...environment, rows: process.stdout, stdout: process.stdout, columns: undefined }))
}
