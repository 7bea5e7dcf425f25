import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const here = dirname(fileURLToPath(import.meta.url))
export const EXPRESSIONS = join(here, 'expressions')
export const QUERIES = join(here, 'queries')

/** When Flink refused or failed: before anything ran, or while the job ran. Constants are folded, so `1/0` fails at `plan`. */
export type FailedAt = 'plan' | 'run'

/**
 * What of a changelog is determined: its rows in their order; its rows; or only the table that it leads to, where two inputs race.
 */
export type RowOrder = 'exact' | 'multiset' | 'table'

/** One expression and what Flink made of it: README.md has the fields. */
export interface ExpressionCase {
  sql: string
  type?: string
  notNull?: true
  value?: string | null
  values?: ReadonlyArray<string | null>
  error?: string
  at?: FailedAt
  line?: number
  column?: number
}

export interface ExpressionFile {
  /** File name without .yaml. */
  topic: string
  about: string
  settings: Readonly<Record<string, string>>
  /** The DDL and the rows of table `t` that the cases read, where the file has one. */
  table?: { ddl: string; rows: string }
  cases: readonly ExpressionCase[]
}

/** One script and the changelog that Flink printed for its last SELECT: README.md has the fields. */
export interface QueryCase {
  /** `file/case`, unique. */
  id: string
  about?: string
  /** All statements; `${name}` stands for the path of the file with that input. */
  script: string
  /** Name to NDJSON text. */
  inputs: Readonly<Record<string, string>>
  order: RowOrder
  columns: readonly string[]
  /** NDJSON lines, as `analyze sql --output ndjson` prints them. */
  rows: readonly string[]
  refused?: string
  failed?: string
  line?: number
  column?: number
}

interface RawQueryFile {
  about: string
  inputs?: Record<string, string>
  setup?: string
  cases: Array<{
    name: string
    about?: string
    setup?: string
    inputs?: Record<string, string>
    sql: string
    order?: Exclude<RowOrder, 'exact'>
    columns?: string[]
    rows?: string
    refused?: string
    failed?: string
    line?: number
    column?: number
  }>
}

export function readExpressionFiles(): ExpressionFile[] {
  return filesOf(EXPRESSIONS).map(readExpressionFile)
}

export function readExpressionFile(path: string): ExpressionFile {
  const raw = parse(readFileSync(path, 'utf8')) as Omit<ExpressionFile, 'topic'>
  return { ...raw, topic: basename(path, '.yaml'), settings: raw.settings ?? {} }
}

export function readQueryCases(): QueryCase[] {
  return filesOf(QUERIES).flatMap(readQueryFile)
}

export function readQueryFile(path: string): QueryCase[] {
  const raw = parse(readFileSync(path, 'utf8')) as RawQueryFile
  return raw.cases.map(({ name, setup, sql, inputs, order, columns, rows, ...rest }) => ({
    ...rest,
    id: `${basename(path, '.yaml')}/${name}`,
    script: [setup ?? raw.setup ?? '', sql].filter((text) => text !== '').join('\n'),
    inputs: { ...raw.inputs, ...inputs },
    order: order ?? 'exact',
    columns: columns ?? [],
    rows: (rows ?? '').split('\n').filter((line) => line !== ''),
  }))
}

export function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name))
}
