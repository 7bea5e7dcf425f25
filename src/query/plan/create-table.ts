import { bindType as dataType } from '../expr/bind/type.ts'
import type * as ast from '../sql/ast.ts'
import { notNull } from '../types/make-type.ts'
import type { Catalog } from './catalog.ts'
import { refuse } from './refuse.ts'
import type { Table, TableColumn } from './table.ts'

/** A table as CREATE TABLE describes it; LIKE takes over what another has. */
export function tableOf(node: ast.CreateTable, catalog: Catalog): Table {
  if (node.as) refuse(node.as.at, 'CREATE TABLE … AS is not supported', 'CREATE TABLE, then INSERT INTO')
  const base = node.like && likeTable(node.like, catalog)
  const primaryKey = node.primaryKey?.columns.map(({ name }) => name) ?? base?.primaryKey ?? []
  const own = node.columns.map((column) => columnOf(column, primaryKey))
  const columns = [...(base?.columns.filter(({ name }) => !own.some((column) => column.name === name)) ?? []), ...own]
  for (const name of primaryKey)
    if (!columns.some((column) => column.name === name))
      refuse(node.primaryKey?.at ?? node.at, `PRIMARY KEY (${name}): there is no such column`)
  if (node.primaryKey?.enforced) refuse(node.primaryKey.at, 'a primary key is not enforced on a stream', 'PRIMARY KEY (…) NOT ENFORCED')
  const double = columns.find(({ name }, i) => columns.findIndex((other) => other.name === name) !== i)
  if (double) refuse(node.at, `column ${double.name} is there twice`)
  const watermark = node.watermark
    ? { column: node.watermark.column.parts.map(({ name }) => name).join('.'), expression: node.watermark.expression }
    : base?.watermark
  if (node.watermark && !columns.some(({ name }) => name === watermark?.column))
    refuse(node.watermark.at, `WATERMARK FOR ${watermark?.column}: there is no such column`)
  const options = new Map([...(base?.options ?? []), ...node.options.map(({ key, value }) => [key, value] as const)])
  return { name: node.name.parts.at(-1)?.name ?? '', columns, primaryKey, options, ...(watermark && { watermark }) }
}

function columnOf(column: ast.ColumnDefinition, primaryKey: readonly string[]): TableColumn {
  const name = column.name.name
  switch (column.kind) {
    case 'computedColumn':
      return { kind: 'computed', name, expression: column.expression }
    case 'metadataColumn':
      return { kind: 'metadata', name, type: dataType(column.type), key: column.from ?? name, virtual: column.virtual }
    case 'physicalColumn': {
      const type = dataType(column.type)
      return { kind: 'physical', name, type: primaryKey.includes(name) ? notNull(type) : type }
    }
  }
}

function likeTable(like: ast.Like, catalog: Catalog): Table {
  const named = catalog.get(like.table)
  if (named.kind !== 'table') refuse(like.at, 'LIKE takes a table, and this is a view')
  const { table } = named
  const excluded = new Set<string>()
  for (const { strategy, feature } of like.options) {
    if (strategy === 'EXCLUDING') excluded.add(feature)
    else excluded.delete(feature)
  }
  const without = (feature: string) => excluded.has('ALL') || excluded.has(feature)
  return {
    ...table,
    columns: table.columns.filter(({ kind }) =>
      kind === 'computed' ? !without('GENERATED') : kind === 'metadata' ? !without('METADATA') : true,
    ),
    primaryKey: without('CONSTRAINTS') ? [] : table.primaryKey,
    options: without('OPTIONS') ? new Map() : table.options,
    ...(without('WATERMARKS') && { watermark: undefined }),
  } as Table
}
