/**
 * `npm run test:flink`: asks the real Flink every case of test/query/cases again and fails where an answer is not the recorded one.
 *   --record       write the answers into the case files instead
 *   --url URL      use the SQL gateway there instead of starting one
 *   --shard I/N    only the Ith of N parts; a case is always in the same one, by a hash of what it asks
 *   --differential N  then N queries over generated inputs, on the same Flink (differential.ts); `all` for all
 *   --seed S       of these (default 1)
 *   NAME…          only case files of these names (without .yaml)
 * Skips, saying why, where there is no Java or Maven; with SHITOPS_REQUIRE_FLINK=1 that fails instead.
 */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { FlinkGateway } from '../../../src/query/flink/gateway.ts'
import { missingForFlink, startFlink } from '../../support/flink/index.ts'
import { EXPRESSIONS, filesOf, QUERIES, type QueryCase, type RowOrder, readExpressionFile, readQueryFile } from '../cases/read.ts'
import { askExpressions } from './ask-expressions.ts'
import { askQuery, type QueryAnswer } from './ask-queries.ts'
import { expressionDifferences, queryDifference, tableOf } from './differences.ts'
import { differential } from './differential/run.ts'
import { recordAnswers } from './record-file.ts'
import { severalAtOnce } from './several-at-once.ts'

const EXPRESSION_KEYS = ['type', 'notNull', 'value', 'values', 'error', 'at', 'line', 'column']
const QUERY_KEYS = ['columns', 'rows', 'refused', 'failed', 'line', 'column']

/** An answer replaces all of what was recorded before. */
const NOTHING = { refused: undefined, failed: undefined, columns: [], rows: [] }

/** How often a case that differs is asked again. */
const AGAIN = 2

const { values: flags, positionals: names } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    url: { type: 'string' },
    shard: { type: 'string', default: '1/1' },
    differential: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
  allowPositionals: true,
})
const shard = shardOf(flags.shard)
if (flags.record && shard.of > 1) throw new Error('--record writes whole files: no --shard')
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
  const cases = flags.differential === 'all' ? Number.POSITIVE_INFINITY : Number(flags.differential)
  if (cases > 0 && (await differential(gateway, { cases, seed: Number(flags.seed), seeds: 1, only: '' })) > 0) process.exitCode = 1
} finally {
  await flink?.down()
}

async function expressions(gateway: FlinkGateway): Promise<string[]> {
  const differences: string[] = []
  for (const path of filesOf(EXPRESSIONS).filter(wanted)) {
    const whole = readExpressionFile(path)
    const file = { ...whole, cases: whole.cases.filter(inShard) }
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
    const cases = readQueryFile(path).filter(inShard)
    const answers = await severalAtOnce(cases, (queryCase) => askQuery(gateway, queryCase))
    // While recording: asked twice, since an answer that depends on the moment must not be recorded as determined.
    const again = flags.record ? await severalAtOnce(cases, (queryCase) => askQuery(gateway, queryCase)) : []
    const found: string[] = []
    for (const [i, queryCase] of cases.entries()) {
      const recorded = (flags.record ? { ...queryCase, ...NOTHING, ...again[i] } : queryCase) as QueryCase
      let difference = queryDifference(recorded, answers[i] ?? {})
      // Where two inputs race, a busy machine may give another winner: what Flink does not say again is no answer.
      for (let more = 0; difference !== null && !flags.record && more < AGAIN; more++) {
        difference = queryDifference(recorded, await askQuery(gateway, queryCase))
        if (difference === null) console.log(`undetermined ${queryCase.id}: Flink gave another answer, and then the recorded one`)
      }
      if (difference !== null) found.push(difference)
    }
    const fileForms = answers.map((answer, i) => fileForm(answer, cases[i]?.order))
    if (flags.record) recordAnswers(path, QUERY_KEYS, fileForms)
    const refused = answers.filter(({ rows }) => rows === undefined).length
    report('queries', basename(path, '.yaml'), answers.length, refused, found.length)
    differences.push(...found)
  }
  return differences
}

function shardOf(text: string): { index: number; of: number } {
  const [, which = '', of = ''] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? []
  if (of === '' || Number(which) > Number(of)) throw new Error(`--shard ${text}: I/N is wanted, I from 1 to N`)
  return { index: Number(which) - 1, of: Number(of) }
}

/** By what is asked, so that a new case moves no other, and a commit is always asked the same. */
function inShard({ sql = '', id = '' }: { sql?: string; id?: string }): boolean {
  if (shard.of === 1) return true
  return createHash('sha256').update(`${id} ${sql}`).digest().readUInt32BE(0) % shard.of === shard.index
}

function fileForm({ rows, ...answer }: QueryAnswer, order: RowOrder = 'exact'): Readonly<Record<string, unknown>> {
  if (rows === undefined) return { ...answer }
  return { ...answer, rows: (order === 'table' ? tableOf(rows) : rows).map((row) => `${row}\n`).join('') }
}

function report(kind: string, name: string, asked: number, refused: number, differences: number): void {
  console.log(`${kind.padEnd(12)} ${name.padEnd(20)} ${asked} cases, ${refused} refused or failed, ${differences} differ`)
}
