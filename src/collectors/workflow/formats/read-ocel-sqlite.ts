import type { Database, SqlValue } from 'sql.js'
import { messageOf } from '../../../base/errors.ts'
import { AttributeBag } from './attributes.ts'
import { ArchiveError } from './bytes.ts'
import type { FormatReader, LogFile } from './log-file.ts'
import { flatten, fromTime, type Located, type OcelEvent, type OcelObject, ocelValue } from './ocel.ts'

/** SQLite runs inside of WebAssembly on a copy in memory: nothing is written beside the file, and a damaged one can do no harm. */
const MAX_BYTES = 1 << 30

type Row = Record<string, SqlValue>

/** OCEL 2.0 as SQLite: the whole file in memory. */
export const readOcelSqlite: FormatReader = async function* (file) {
  const problem = (message: string, at?: string, fatal?: true) =>
    file.options.onProblem?.({ place: { file: file.path, line: null, ...(at !== undefined && { at }) }, message, ...(fatal && { fatal }) })
  const bytes = await contentOf(file)
  if (typeof bytes === 'string') return problem(bytes, undefined, true)
  const { default: initSqlJs } = await import('sql.js')
  const { Database } = await initSqlJs()
  const db = new Database(bytes)
  try {
    const source = { objects: () => objectsOf(file, db), events: (tell: boolean) => eventsOf(db, tell ? problem : () => {}) }
    yield* flatten(file, source)
  } catch (error) {
    if (!isSqlite(error)) throw error
    problem(`the rest cannot be read: SQLite says "${messageOf(error)}"; is it OCEL 2.0?`, undefined, true)
  } finally {
    db.close()
  }
}

/** sql.js throws bare errors with SQLite's words. */
const isSqlite = (error: unknown): boolean => error instanceof Error && error.constructor === Error && !('code' in error)

async function contentOf({ log }: LogFile): Promise<Buffer | string> {
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of log.chunks()) {
      size += chunk.length
      if (size > MAX_BYTES) return 'a SQLite log of more than 1 GiB: export it as JSON or XML, which are read as they stream in'
      pieces.push(chunk)
    }
  } catch (error) {
    if (error instanceof ArchiveError) return error.message
    throw error
  }
  return Buffer.concat(pieces)
}

function* rows(db: Database, sql: string): Generator<Row> {
  const statement = db.prepare(sql)
  try {
    while (statement.step()) yield statement.getAsObject()
  } finally {
    statement.free()
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const textOf = (value: SqlValue | undefined): string =>
  value === null || value === undefined || value instanceof Uint8Array ? '' : String(value)
const scalarOf = (value: SqlValue) =>
  value instanceof Uint8Array ? `0x${Buffer.from(value.subarray(0, 64)).toString('hex')}` : ocelValue(value, undefined)

/** Types and the tables that hold them. */
function tablesOf(db: Database, kind: 'event' | 'object'): Array<{ type: string; table: string }> {
  return [...rows(db, `select ocel_type, ocel_type_map from ${kind}_map_type order by ocel_type`)].map(({ ocel_type, ocel_type_map }) => ({
    type: textOf(ocel_type),
    table: quoted(`${kind}_${textOf(ocel_type_map)}`),
  }))
}

async function* objectsOf(file: LogFile, db: Database): AsyncGenerator<Array<Located<OcelObject>>> {
  const objects = new Map<string, OcelObject>()
  for (const { ocel_id, ocel_type } of rows(db, 'select ocel_id, ocel_type from object')) {
    objects.set(textOf(ocel_id), { id: textOf(ocel_id), type: textOf(ocel_type), values: [] })
  }
  for (const { table } of tablesOf(db, 'object')) {
    for (const row of rows(db, `select * from ${table}`)) {
      const { ocel_id, ocel_time, ocel_changed_field: changed, ...attributes } = row
      const from = fromTime(file, ocel_time)
      for (const [name, value] of Object.entries(attributes)) {
        // A row of a change has the changed field alone; NULL there is a value.
        const there = textOf(changed) === '' ? value !== null : textOf(changed) === name
        if (there) objects.get(textOf(ocel_id))?.values.push({ name, value: scalarOf(value), from })
      }
    }
  }
  yield [...objects.values()].map((value) => ({ value, line: null }))
}

/** In order of time: the tables are of one type each. */
async function* eventsOf(db: Database, problem: (message: string, at?: string) => void): AsyncGenerator<Array<Located<OcelEvent>>> {
  const relations = relationsOf(db)
  const events: Array<Located<OcelEvent>> = []
  for (const { type, table } of tablesOf(db, 'event')) {
    for (const { ocel_id, ocel_time, ...attributes } of rows(db, `select * from ${table}`)) {
      const id = textOf(ocel_id)
      const bag = new AttributeBag()
      for (const [name, value] of Object.entries(attributes)) if (value !== null) bag.add(name, scalarOf(value))
      if (id === '') problem('an event without ocel_id', `table ${table}`)
      else {
        const value = { id, type, time: textOf(ocel_time), attributes: bag.values, relations: relations.get(id) ?? [] }
        events.push({ value, line: null, at: `event ${id}` })
      }
    }
  }
  yield events.sort((a, b) => compare(a.value.time, b.value.time) || compare(a.value.id, b.value.id))
}

/** Times of one file are of one form. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function relationsOf(db: Database): Map<string, Array<{ objectId: string; qualifier: string }>> {
  const relations = new Map<string, Array<{ objectId: string; qualifier: string }>>()
  for (const { ocel_event_id, ocel_object_id, ocel_qualifier } of rows(db, 'select * from event_object')) {
    const related = relations.get(textOf(ocel_event_id)) ?? []
    if (related.length === 0) relations.set(textOf(ocel_event_id), related)
    related.push({ objectId: textOf(ocel_object_id), qualifier: textOf(ocel_qualifier) })
  }
  return relations
}
