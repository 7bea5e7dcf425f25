/**
 * `npm run test:flink`: asks the real Flink every case of test/query/cases again and fails where an answer is not the recorded one.
 *   --record       write the answers into the case files instead
 *   --url URL      use the SQL gateway there instead of starting one
 *   NAME…          only case files of these names (without .yaml)
 * Skips, saying why, where there is no Java or Maven; with SHITOPS_REQUIRE_FLINK=1 that fails instead.
 */
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { FlinkGateway } from '../../../src/query/flink/gateway.ts'
import { missingForFlink, startFlink } from '../../support/flink/index.ts'
import { EXPRESSIONS, filesOf, QUERIES, type QueryCase, type RowOrder, readExpressionFile, readQueryFile } from '../cases/read.ts'
import { askExpressions } from './ask-expressions.ts'
import { askQuery, type QueryAnswer } from './ask-queries.ts'
import { expressionDifferences, queryDifference, tableOf } from './differences.ts'
import { recordAnswers } from './record-file.ts'
import { severalAtOnce } from './several-at-once.ts'

const EXPRESSION_KEYS = ['type', 'notNull', 'value', 'values', 'error', 'at', 'line', 'column']
const QUERY_KEYS = ['columns', 'rows', 'refused', 'failed', 'line', 'column']

/** An answer replaces all of what was recorded before. */
const NOTHING = { refused: undefined, failed: undefined, columns: [], rows: [] }

const { values: flags, positionals: names } = parseArgs({
  options: { record: { type: 'boolean', default: false }, url: { type: 'string' } },
  allowPositionals: true,
})
const wanted = (path: string) => names.length === 0 || names.includes(basename(path, '.yaml'))

const missing = flags.url === undefined ? missingForFlink() : null
if (missing !== null) {
  console.log(`test:flink skipped: no Flink here, ${missing}`)
  process.exit(process.env.SHITOPS_REQUIRE_FLINK === '1' ? 1 : 0)
}
const flink = flags.url === undefined ? await startFlink() : null
try {
  const gateway = new FlinkGateway(flags.url ?? flink?.gatewayUrl ?? '')
  const { productName, version } = await gateway.info()
  console.log(`${productName} ${version}`)
  const differences = [...(await expressions(gateway)), ...(await queries(gateway))]
  for (const difference of differences) console.error(difference)
  if (differences.length > 0) process.exitCode = 1
} finally {
  await flink?.down()
}

async function expressions(gateway: FlinkGateway): Promise<string[]> {
  const differences: string[] = []
  for (const path of filesOf(EXPRESSIONS).filter(wanted)) {
    const file = readExpressionFile(path)
    const answers = await askExpressions(gateway, file)
    if (flags.record) recordAnswers(path, EXPRESSION_KEYS, answers)
    const found = flags.record ? [] : expressionDifferences(file.cases, answers)
    report('expressions', file.topic, answers.length, answers.filter(({ error }) => error !== undefined).length, found.length)
    differences.push(...found)
  }
  return differences
}

async function queries(gateway: FlinkGateway): Promise<string[]> {
  const differences: string[] = []
  for (const path of filesOf(QUERIES).filter(wanted)) {
    const cases = readQueryFile(path)
    const answers = await severalAtOnce(cases, (queryCase) => askQuery(gateway, queryCase))
    // While recording: asked twice, since an answer that depends on the moment must not be recorded as determined.
    const again = flags.record ? await severalAtOnce(cases, (queryCase) => askQuery(gateway, queryCase)) : []
    const found = cases.flatMap((queryCase, i) => {
      const recorded = flags.record ? { ...queryCase, ...NOTHING, ...again[i] } : queryCase
      return queryDifference(recorded as QueryCase, answers[i] ?? {}) ?? []
    })
    const fileForms = answers.map((answer, i) => fileForm(answer, cases[i]?.order))
    if (flags.record) recordAnswers(path, QUERY_KEYS, fileForms)
    const refused = answers.filter(({ rows }) => rows === undefined).length
    report('queries', basename(path, '.yaml'), answers.length, refused, found.length)
    differences.push(...found)
  }
  return differences
}

function fileForm({ rows, ...answer }: QueryAnswer, order: RowOrder = 'exact'): Readonly<Record<string, unknown>> {
  if (rows === undefined) return { ...answer }
  return { ...answer, rows: (order === 'table' ? tableOf(rows) : rows).map((row) => `${row}\n`).join('') }
}

function report(kind: string, name: string, asked: number, refused: number, differences: number): void {
  console.log(`${kind.padEnd(12)} ${name.padEnd(20)} ${asked} cases, ${refused} refused or failed, ${differences} differ`)
}
