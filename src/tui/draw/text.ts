import stringWidth from 'string-width'

/** One column a character, and no control: ASCII, Latin letters, dashes and dots, arrows, blocks, signs, braille. What is drawn a thousand times a second. */
const SIMPLE = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u25ef\u2714\u2716\u2800-\u28ff\u203a]*$/
/** C0 and C1 controls, and what turns the direction of writing: what records say must not steer the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys
const STEERING = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text of a record as it may be shown: on one line, and nothing in it that a terminal would obey. */
export const clean = (text: string): string => (SIMPLE.test(text) ? text : text.replace(STEERING, ' '))

/** Columns that a text takes on a terminal. */
export const cells = (text: string): number => (SIMPLE.test(text) ? text.length : stringWidth(text))

/** The text in exactly `width` columns: cut with … or filled with spaces. */
export function padded(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const short = cut(text, width)
  const fill = ' '.repeat(Math.max(0, width - cells(short)))
  return align === 'left' ? short + fill : fill + short
}

/** At most `width` columns of it; … says that there was more. */
export function cut(text: string, width: number): string {
  if (width <= 0) return ''
  if (SIMPLE.test(text)) return text.length <= width ? text : `${text.slice(0, width - 1)}…`
  if (stringWidth(text) <= width) return text
  let [kept, used] = ['', 0]
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const wide = stringWidth(segment)
    if (used + wide > width - 1) break
    kept += segment
    used += wide
  }
  return `${kept}…`
}

/** In lines of at most `width` columns, broken at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of clean(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (cells(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (cells(line) > width) {
      const head = cut(line, width + 1).slice(0, -1)
      if (head === '') break
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  return [...lines, line]
}
