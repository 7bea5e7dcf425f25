import type { Drop, Insert, Statement, StatementSet } from '../ast.ts'
import { createFunction, createTable, options } from './create.ts'
import { columnList, hints, identifier, qualified, text } from './names.ts'
import type { Printer } from './printer.ts'

/** One statement without a semicolon behind it. */
export function statement(print: Printer, node: Statement): string {
  switch (node.kind) {
    case 'query':
      return print.query(node, '\n')
    case 'insert':
      return insert(print, node)
    case 'statementSet':
      return statementSet(print, node)
    case 'createTable':
      return createTable(print, node)
    case 'createView': {
      const head = `CREATE ${node.temporary ? 'TEMPORARY ' : ''}VIEW ${node.ifNotExists ? 'IF NOT EXISTS ' : ''}${qualified(node.name)}`
      return `${head}${columnList(node.columns)}${comment(node.comment)} AS\n${print.query(node.query, '\n')}`
    }
    case 'createFunction':
      return createFunction(node)
    case 'createCatalog':
      return `CREATE CATALOG ${node.ifNotExists ? 'IF NOT EXISTS ' : ''}${identifier(node.name)}${comment(node.comment)}${options(node.options)}`
    case 'createDatabase':
      return `CREATE DATABASE ${node.ifNotExists ? 'IF NOT EXISTS ' : ''}${qualified(node.name)}${comment(node.comment)}${options(node.options)}`
    case 'drop':
      return drop(node)
    case 'set':
      return node.key === undefined ? 'SET' : `SET ${text(node.key)} = ${text(node.value ?? '')}`
    case 'reset':
      return node.key === undefined ? 'RESET' : `RESET ${text(node.key)}`
    case 'use':
      return `USE ${node.object === 'DATABASE' ? '' : `${node.object} `}${node.names.map(qualified).join(', ')}`
    case 'explain':
      return `EXPLAIN ${node.details.length === 0 ? 'PLAN FOR' : node.details.join(', ')}\n${statement(print, node.statement)}`
    case 'show':
      return node.name ? `SHOW ${node.object} ${qualified(node.name)}` : `SHOW ${node.object}`
    case 'describe':
      return `DESCRIBE ${node.extended ? 'EXTENDED ' : ''}${qualified(node.table)}`
  }
}

function comment(value: string | undefined): string {
  return value === undefined ? '' : ` COMMENT ${text(value)}`
}

function insert(print: Printer, node: Insert): string {
  const partition = node.partition.map(({ column, value }) => `${identifier(column)} = ${print.expression(value)}`).join(', ')
  const head = `INSERT ${node.overwrite ? 'OVERWRITE' : 'INTO'} ${qualified(node.table)}${hints(node.hints)}`
  return `${head}${partition === '' ? '' : ` PARTITION (${partition})`}${columnList(node.columns)}\n${print.query(node.query, '\n')}`
}

function statementSet(print: Printer, node: StatementSet): string {
  return ['EXECUTE STATEMENT SET BEGIN', ...node.statements.map((one) => `${insert(print, one)};`), 'END'].join('\n')
}

function drop(node: Drop): string {
  const words = ['DROP']
  if (node.temporary) words.push('TEMPORARY')
  if (node.system) words.push('SYSTEM')
  words.push(node.object)
  if (node.ifExists) words.push('IF EXISTS')
  words.push(qualified(node.name))
  if (node.behaviour !== undefined) words.push(node.behaviour)
  return words.join(' ')
}
