import { open } from 'node:fs/promises'
import { ShitopsError } from '../../base/errors.ts'
import type { TopicName } from '../../events/event-types.ts'
import { TOPICS } from '../../events/topics.ts'
import { Catalog } from '../../query/plan/catalog.ts'
import { tableOf } from '../../query/plan/create-table.ts'
import type { Table } from '../../query/plan/table.ts'
import { ENVELOPE } from '../../query/run/scan-input.ts'
import type { CreateTable, Script } from '../../query/sql/ast.ts'
import { parseScript } from '../../query/sql/parse-script.ts'
import { topicDdl } from '../../query/topics/topic-ddl.ts'

const isTopic = (name: string): name is TopicName => name in TOPICS

/**
 * The tables that a script may use without CREATE TABLE: topics of ours by name, read from the bus or from the file that stands in for one.
 * Only those whose name is in the script are made.
 */
export async function topicTables(script: string, inputs: ReadonlyMap<string, string>, disorderSeconds?: number): Promise<Catalog> {
  const tables = new Map<string, Table>()
  for (const name of Object.keys(TOPICS)) {
    if (!isTopic(name) || !new RegExp(`\\b${name}\\b`).test(script)) continue
    const ddl = await topicDdl(name, disorderSeconds === undefined ? {} : { disorderSeconds })
    const table = tableOf(statement(parseScript(ddl)), new Catalog())
    const file = inputs.get(name)
    tables.set(name, file === undefined ? table : await fromFile(table, file))
  }
  return new Catalog(
    (name) => tables.get(name),
    () => [...Object.keys(TOPICS)],
  )
}

/** A table whose records are the lines of a file: values alone, or records as `tail --output ndjson` prints them. */
export async function fromFile(table: Table, path: string): Promise<Table> {
  const options = new Map(table.options)
  options.set('shitops.file', path)
  if (await hasEnvelopes(path)) options.set(ENVELOPE, 'true')
  return { ...table, options }
}

function statement({ statements }: Script): CreateTable {
  const [first] = statements
  if (first?.kind !== 'createTable') throw new Error('a topic table is no CREATE TABLE')
  return first
}

async function hasEnvelopes(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new ShitopsError('SHITOPS_E_FILE', `--input: ${path} cannot be read`, { cause })
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0)
    const text = buffer.toString('utf8', 0, bytesRead)
    const line = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'))
    return /^\s*\{"topic":/.test(line) && /"value":/.test(line)
  } finally {
    await file.close()
  }
}
