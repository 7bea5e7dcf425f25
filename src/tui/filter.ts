import { messageOf } from '../base/errors.ts'
import { compileFilter } from '../bus/filter/compile.ts'
import { filterRecord, type Item } from './views/view.ts'

export type Matches = (item: Item) => boolean

/** Without any of these a text is no expression, but words to be found. */
const EXPRESSION = /[=<>!()]|\b(?:in|contains|matches|exists)\b/

/**
 * The test that a person's filter makes: an expression of docs/cli.md, "Filters", as `tail --filter` takes it, or words that must all be on the row.
 * @param now ms, for times such as `@15m`
 */
export function filterOf(text: string, now: number): Matches | { problem: string } {
  const trimmed = text.trim()
  if (trimmed === '') return () => true
  if (!EXPRESSION.test(trimmed)) {
    const words = trimmed.toLowerCase().split(/\s+/)
    return (item) => {
      const row = `${item.cells.map((cell) => (typeof cell === 'string' ? cell : cell[0])).join(' ')} ${item.recordKey}`.toLowerCase()
      return words.every((word) => row.includes(word))
    }
  }
  try {
    const filter = compileFilter(trimmed, now)
    return (item) => filter(filterRecord(item))
  } catch (error) {
    return { problem: messageOf(error) }
  }
}
