import type { ColumnDefinition, CreateFunction, CreateTable, Distribution, PrimaryKey, TableOption, Watermark } from '../ast.ts'
import { identifier, identifiers, qualified, text } from './names.ts'
import type { Printer } from './printer.ts'
import { dataType } from './types.ts'

export function createTable(print: Printer, node: CreateTable): string {
  const words = ['CREATE']
  if (node.orReplace) words.push('OR REPLACE')
  if (node.temporary) words.push('TEMPORARY')
  words.push('TABLE')
  if (node.ifNotExists) words.push('IF NOT EXISTS')
  words.push(qualified(node.name))
  const elements = node.columns.map((item) => column(print, item))
  if (node.watermark) elements.push(watermark(print, node.watermark))
  if (node.primaryKey) elements.push(primaryKey(node.primaryKey))
  const parts = [elements.length === 0 ? words.join(' ') : `${words.join(' ')} (\n  ${elements.join(',\n  ')}\n)`]
  if (node.comment !== undefined) parts.push(`COMMENT ${text(node.comment)}`)
  if (node.distribution) parts.push(distribution(node.distribution))
  if (node.partitionedBy.length > 0) parts.push(`PARTITIONED BY (${identifiers(node.partitionedBy)})`)
  let written = parts.join('\n') + options(node.options)
  if (node.like) {
    const features = node.like.options.map(({ strategy, feature }) => `${strategy} ${feature}`).join(' ')
    written += `\nLIKE ${qualified(node.like.table)}${features === '' ? '' : ` (${features})`}`
  }
  return node.as ? `${written}\nAS ${print.query(node.as, '\n')}` : written
}

function column(print: Printer, node: ColumnDefinition): string {
  const comment = node.comment === undefined ? '' : ` COMMENT ${text(node.comment)}`
  switch (node.kind) {
    case 'physicalColumn':
      return `${identifier(node.name)} ${dataType(node.type)}${comment}`
    case 'computedColumn':
      return `${identifier(node.name)} AS ${print.expression(node.expression)}${comment}`
    case 'metadataColumn': {
      const from = node.from === undefined ? '' : ` FROM ${text(node.from)}`
      return `${identifier(node.name)} ${dataType(node.type)} METADATA${from}${node.virtual ? ' VIRTUAL' : ''}${comment}`
    }
  }
}

function watermark(print: Printer, node: Watermark): string {
  return `WATERMARK FOR ${qualified(node.column)} AS ${print.expression(node.expression)}`
}

function primaryKey(node: PrimaryKey): string {
  const named = node.name ? `CONSTRAINT ${identifier(node.name)} ` : ''
  return `${named}PRIMARY KEY (${identifiers(node.columns)}) ${node.enforced ? 'ENFORCED' : 'NOT ENFORCED'}`
}

function distribution(node: Distribution): string {
  const words = ['DISTRIBUTED']
  if (node.columns.length > 0) words.push(`BY ${node.by ?? ''}(${identifiers(node.columns)})`)
  if (node.buckets !== undefined) words.push(`INTO ${node.buckets} BUCKETS`)
  return words.join(' ')
}

/** ` WITH (…)`, one option a line, or nothing. */
export function options(nodes: readonly TableOption[]): string {
  if (nodes.length === 0) return ''
  return ` WITH (\n  ${nodes.map(({ key, value }) => `${text(key)} = ${text(value)}`).join(',\n  ')}\n)`
}

export function createFunction(node: CreateFunction): string {
  const words = ['CREATE']
  if (node.temporary) words.push('TEMPORARY')
  if (node.system) words.push('SYSTEM')
  words.push('FUNCTION')
  if (node.ifNotExists) words.push('IF NOT EXISTS')
  words.push(qualified(node.name), 'AS', text(node.className))
  if (node.language !== undefined) words.push('LANGUAGE', node.language)
  if (node.jars.length > 0) words.push('USING', node.jars.map((jar) => `JAR ${text(jar)}`).join(', '))
  return words.join(' ')
}
