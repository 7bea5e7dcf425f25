import type { Explain, ExplainDetail, Insert, PartitionValue, Show, ShowObject, Statement, StatementSet } from '../ast.ts'
import { create } from './create.ts'
import { drop } from './drop.ts'
import { hints } from './hints.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

/** One statement, up to the semicolon behind it. */
export function statement(reader: Reader): Statement {
  const start = reader.start()
  if (reader.isSymbol('(')) return reader.query()
  if (reader.isWords('SELECT') || reader.isWords('WITH') || reader.isWords('VALUES') || reader.isWords('TABLE')) return reader.query()
  if (reader.accept('CREATE')) return create(reader, start)
  if (reader.accept('INSERT')) return insertBehind(reader, start)
  if (reader.accept('DROP')) return drop(reader, start)
  if (reader.accept('SET')) return { kind: 'set', ...setting(reader), at: reader.span(start) }
  if (reader.accept('RESET')) {
    const key = atEnd(reader) ? undefined : reader.string("a key in single quotes, as in RESET 'table.exec.state.ttl'")
    return { kind: 'reset', ...optional('key', key), at: reader.span(start) }
  }
  if (reader.isWords('EXECUTE') || reader.isWords('BEGIN')) return statementSet(reader)
  if (reader.accept('EXPLAIN')) return { ...explain(reader), at: reader.span(start) }
  if (reader.accept('USE')) return use(reader, start)
  if (reader.accept('SHOW')) return { ...show(reader), at: reader.span(start) }
  if (reader.accept('DESCRIBE') || reader.accept('DESC')) {
    const extended = reader.accept('EXTENDED')
    return { kind: 'describe', extended, table: reader.qualifiedName('the name of a table'), at: reader.span(start) }
  }
  throw noStatement(reader)
}

/** Not every statement of Flink has a meaning here: those are named, so that nobody looks for a slip. */
function noStatement(reader: Reader): Error {
  const { upper, at } = reader.peek()
  if (OTHERS.has(upper)) return reader.error(`${upper} is a statement of Flink that shitops does not take`, at)
  for (const word of ['SELECT', 'INSERT', 'CREATE', 'WITH', 'VALUES']) reader.accept(word)
  return reader.unexpected('a statement: SELECT, INSERT, CREATE, SET, EXECUTE STATEMENT SET, EXPLAIN …')
}

const OTHERS = new Set([
  'ALTER',
  'DELETE',
  'UPDATE',
  'UPSERT',
  'MERGE',
  'TRUNCATE',
  'CALL',
  'COMPILE',
  'ADD',
  'REMOVE',
  'LOAD',
  'UNLOAD',
  'ANALYZE',
  'STOP',
])

function atEnd(reader: Reader): boolean {
  return reader.peek().kind === 'end' || reader.isSymbol(';')
}

function setting(reader: Reader): { key?: string; value?: string } {
  if (atEnd(reader)) return {}
  const key = reader.string("a key in single quotes, as in SET 'table.exec.state.ttl' = '1 h'")
  reader.expectSymbol('=')
  return { key, value: reader.string('a value in single quotes') }
}

function insert(reader: Reader): Insert {
  const start = reader.start()
  reader.expect('INSERT')
  return insertBehind(reader, start)
}

function insertBehind(reader: Reader, start: Insert['at']['start']): Insert {
  const overwrite = reader.accept('OVERWRITE')
  if (!overwrite) reader.expect('INTO')
  const table = reader.qualifiedName('the name of a table')
  const given = hints(reader)
  const partition = reader.accept('PARTITION') ? reader.parenthesised(() => reader.list(() => partitionValue(reader))) : []
  const columns = reader.isSymbol('(') && !reader.holdsQuery() ? reader.names('a column') : []
  const query = reader.query()
  return { kind: 'insert', overwrite, table, hints: given, partition, columns, query, at: reader.span(start) }
}

function partitionValue(reader: Reader): PartitionValue {
  const start = reader.start()
  const column = reader.identifier('a column')
  reader.expectSymbol('=')
  return { kind: 'partitionValue', column, value: reader.expression(), at: reader.span(start) }
}

/** `[EXECUTE] STATEMENT SET BEGIN …; END`, `BEGIN STATEMENT SET; …; END`, or EXECUTE before one statement. */
function statementSet(reader: Reader): StatementSet | Statement {
  const start = reader.start()
  if (reader.accept('EXECUTE') && !reader.isWords('STATEMENT')) {
    if (reader.isWords('INSERT')) return insert(reader)
    if (reader.isWords('SELECT')) return reader.query()
    reader.accept('STATEMENT')
    throw reader.unexpected()
  }
  const begun = reader.accept('BEGIN')
  reader.expect('STATEMENT', 'SET')
  if (begun) reader.expectSymbol(';')
  else reader.expect('BEGIN')
  const statements: Insert[] = []
  do {
    statements.push(insert(reader))
    reader.expectSymbol(';')
  } while (!reader.accept('END'))
  return { kind: 'statementSet', statements, at: reader.span(start) }
}

const DETAILS: readonly ExplainDetail[] = ['ESTIMATED_COST', 'CHANGELOG_MODE', 'JSON_EXECUTION_PLAN', 'PLAN_ADVICE']

function explain(reader: Reader): Omit<Explain, 'at'> {
  const details: ExplainDetail[] = []
  if (reader.accept('PLAN')) reader.expect('FOR')
  else if (DETAILS.some((detail) => reader.isWords(detail))) details.push(...reader.list(() => reader.expectOneOf(DETAILS)))
  return { kind: 'explain', details, statement: explained(reader) }
}

function explained(reader: Reader): Explain['statement'] {
  if (reader.isWords('INSERT')) return insert(reader)
  if (reader.isWords('EXECUTE') || reader.isWords('STATEMENT') || reader.isWords('BEGIN')) {
    const found = statementSet(reader)
    if (found.kind === 'statementSet' || found.kind === 'insert' || found.kind === 'query') return found
  }
  return reader.query()
}

function use(reader: Reader, start: Insert['at']['start']): Statement {
  if (reader.accept('CATALOG')) return { kind: 'use', object: 'CATALOG', names: [reader.qualifiedName()], at: reader.span(start) }
  if (reader.accept('MODULES')) {
    const names = reader.list(() => reader.qualifiedName('the name of a module'))
    return { kind: 'use', object: 'MODULES', names, at: reader.span(start) }
  }
  return { kind: 'use', object: 'DATABASE', names: [reader.qualifiedName('the name of a database')], at: reader.span(start) }
}

const SHOWN: readonly ShowObject[] = ['CATALOGS', 'DATABASES', 'TABLES', 'VIEWS', 'FUNCTIONS', 'MODULES', 'JOBS']

function show(reader: Reader): Omit<Show, 'at'> {
  if (reader.accept('CREATE')) {
    const object = reader.expectOneOf(['TABLE', 'VIEW'] as const)
    return { kind: 'show', object: `CREATE ${object}`, name: reader.qualifiedName() }
  }
  if (reader.accept('CURRENT')) return { kind: 'show', object: `CURRENT ${reader.expectOneOf(['CATALOG', 'DATABASE'] as const)}` }
  return { kind: 'show', object: reader.expectOneOf(SHOWN) }
}
