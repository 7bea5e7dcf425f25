import type { TopicName } from '../../events/event-types.ts'
import { isTopicName, TOPIC_NAMES } from '../../events/topics.ts'
import { Catalog } from '../plan/catalog.ts'
import { tableOf } from '../plan/create-table.ts'
import type { Table } from '../plan/table.ts'
import { parseScript } from '../sql/parse-script.ts'
import { topicDdl } from './topic-ddl.ts'

/**
 * Topics of ours as tables, each by its name, for SQL that says no CREATE TABLE.
 *
 * @param disorderSeconds how late a record may be
 */
export async function topicCatalog(topics: Iterable<string>, disorderSeconds?: number): Promise<Catalog> {
  const tables = new Map<string, Table>()
  for (const name of topics) if (isTopicName(name)) tables.set(name, await topicTable(name, disorderSeconds))
  return new Catalog(
    (name) => tables.get(name),
    () => TOPIC_NAMES,
  )
}

/** The topics whose names stand in a text of SQL. */
export const topicsNamed = (sql: string): TopicName[] => TOPIC_NAMES.filter((name) => new RegExp(`\\b${name}\\b`).test(sql))

async function topicTable(name: TopicName, disorderSeconds: number | undefined): Promise<Table> {
  const ddl = await topicDdl(name, disorderSeconds === undefined ? {} : { disorderSeconds })
  const [statement] = parseScript(ddl).statements
  if (statement?.kind !== 'createTable') throw new Error(`the table of topic ${name} is no CREATE TABLE`)
  return tableOf(statement, new Catalog())
}
