import { cells, clean, cut } from './text.ts'

/**
 * How a piece of text is meant; what it looks like is the paint's business. Nothing is said by a colour alone: severity has its word and its sign
 * as well.
 */
export type Style = 'plain' | 'strong' | 'dim' | 'critical' | 'warning' | 'info' | 'good' | 'accent' | 'title' | 'head'

export type Piece = readonly [text: string, style?: Style]
/** One line of the screen, before it is painted. */
export type Row = readonly Piece[]

export interface Painter {
  style(style: Style, text: string): string
  /** Of a whole line that is chosen. */
  chosen(text: string): string
}

export const blank: Row = []
export const line = (text: string, style: Style = 'plain'): Row => [[text, style]]

/** A row that is chosen: in reverse, whatever its styles. */
export const CHOSEN: Piece = ['', 'plain']
export const isChosen = (row: Row): boolean => row[0] === CHOSEN

/** What a row says, without paint. */
export const plainOf = (row: Row): string => row.map(([text]) => text).join('')

/** The row in exactly `width` columns, painted. */
export function paintRow(row: Row, width: number, painter: Painter): string {
  let [left, painted] = [width, '']
  const chosen = isChosen(row)
  for (const [raw, style = 'plain'] of row) {
    if (left <= 0) break
    const text = cut(clean(raw), left)
    left -= cells(text)
    painted += chosen || style === 'plain' || text === '' ? text : painter.style(style, text)
  }
  painted += ' '.repeat(Math.max(0, left))
  return chosen ? painter.chosen(painted) : painted
}
