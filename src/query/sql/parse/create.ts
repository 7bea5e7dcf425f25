import type { CreateFunction, Position, Statement } from '../ast.ts'
import { createTable, ifNotExistsBehind, tableOptions } from './create-table.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

/** Behind the word CREATE. */
export function create(reader: Reader, start: Position): Statement {
  if (reader.accept('OR')) {
    reader.expect('REPLACE', 'TABLE')
    return createTable(reader, start, { temporary: false, orReplace: true })
  }
  if (reader.accept('CATALOG')) return createCatalog(reader, start)
  if (reader.accept('DATABASE')) return createDatabase(reader, start)
  const temporary = reader.accept('TEMPORARY')
  if (reader.accept('TABLE')) return createTable(reader, start, { temporary, orReplace: false })
  if (reader.accept('VIEW')) return createView(reader, start, temporary)
  const system = temporary && reader.accept('SYSTEM')
  reader.expect('FUNCTION')
  return createFunction(reader, start, temporary, system)
}

function createView(reader: Reader, start: Position, temporary: boolean): Statement {
  const ifNotExists = ifNotExistsBehind(reader)
  const name = reader.qualifiedName('the name of a view')
  const columns = reader.isSymbol('(') ? reader.names('a column') : []
  const comment = reader.accept('COMMENT') ? reader.string() : undefined
  reader.expect('AS')
  const query = reader.query()
  return { kind: 'createView', temporary, ifNotExists, name, columns, ...optional('comment', comment), query, at: reader.span(start) }
}

function createFunction(reader: Reader, start: Position, temporary: boolean, system: boolean): CreateFunction {
  const ifNotExists = ifNotExistsBehind(reader)
  const name = reader.qualifiedName('the name of a function')
  reader.expect('AS')
  const className = reader.string('the name of a class in single quotes')
  const language = reader.accept('LANGUAGE') ? reader.expectOneOf(['JAVA', 'SCALA', 'PYTHON'] as const) : undefined
  const jars = reader.accept('USING') ? reader.list(() => jar(reader)) : []
  const named = { name, className, ...optional('language', language), jars }
  return { kind: 'createFunction', temporary, system, ifNotExists, ...named, at: reader.span(start) }
}

function jar(reader: Reader): string {
  reader.expect('JAR')
  return reader.string('a path in single quotes')
}

function createCatalog(reader: Reader, start: Position): Statement {
  const ifNotExists = ifNotExistsBehind(reader)
  const name = reader.identifier('the name of a catalog')
  const comment = reader.accept('COMMENT') ? reader.string() : undefined
  const options = reader.accept('WITH') ? tableOptions(reader) : []
  return { kind: 'createCatalog', ifNotExists, name, ...optional('comment', comment), options, at: reader.span(start) }
}

function createDatabase(reader: Reader, start: Position): Statement {
  const ifNotExists = ifNotExistsBehind(reader)
  const name = reader.qualifiedName('the name of a database')
  const comment = reader.accept('COMMENT') ? reader.string() : undefined
  const options = reader.accept('WITH') ? tableOptions(reader) : []
  return { kind: 'createDatabase', ifNotExists, name, ...optional('comment', comment), options, at: reader.span(start) }
}
