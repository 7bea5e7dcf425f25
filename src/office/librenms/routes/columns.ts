import { error } from './answers.ts'
import type { Answer } from './call.ts'

/** The columns of `?columns=a,b`, trimmed; an answer when the table lacks one. */
export function columnsAsked(asked: string, table: readonly string[]): readonly string[] | Answer {
  const columns = asked.split(',').map((column) => column.trim())
  const unknown = columns.filter((column) => !table.includes(column))
  return unknown.length > 0 ? error(400, `Invalid columns: ${unknown.join(',')}`) : columns
}

export function isAnswer(value: readonly string[] | Answer): value is Answer {
  return !Array.isArray(value)
}
