const NARROW = /[iljtfrI.,:;|'!()[\] ]/
const WIDE = /[mwMW@%]/

/** Width of a text in Helvetica or its like, px, somewhat too large rather than too small: there are no fonts here to measure with. */
export function textWidth(text: string, size: number, bold = false): number {
  let ems = 0
  for (const char of text) {
    if (NARROW.test(char)) ems += 0.34
    else if (WIDE.test(char)) ems += 0.9
    else if (char >= 'A' && char <= 'Z') ems += 0.7
    else if ((char.codePointAt(0) as number) > 0x2e7f) ems += 1.05
    else ems += 0.58
  }
  return ems * size * (bold ? 1.17 : 1)
}

/** A text in lines that each `fits`, at most so many; what is too much ends in an ellipsis. Words are parted only where they must be, best after a `_`. */
export function wrap(text: string, fits: (line: string) => boolean, most: number): string[] {
  const lines: string[] = []
  const words = text.split(/[ \t\r\n]+/).filter((word) => word !== '')
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const last = lines.at(-1)
    if (last !== undefined && fits(`${last} ${word}`)) lines[lines.length - 1] = `${last} ${word}`
    else if (fits(word) || word.length < 2) lines.push(word)
    else {
      const [head, rest] = parted(word, fits)
      lines.push(head)
      words.unshift(rest)
    }
  }
  if (lines.length <= most) return lines.length > 0 ? lines : ['(no name)']
  const kept = lines.slice(0, most)
  let last = kept[most - 1] as string
  while (last.length > 1 && !fits(`${last}…`)) last = last.slice(0, -1)
  kept[most - 1] = `${last}…`
  return kept
}

/** As much of a long word as fits, and the rest. */
function parted(word: string, fits: (line: string) => boolean): [string, string] {
  let end = word.length - 1
  while (end > 1 && !fits(word.slice(0, end))) end--
  const score = word.lastIndexOf('_', end - 1) + 1
  const at = score > end / 3 ? score : end
  return [word.slice(0, at), word.slice(at)]
}

/** At most so many characters. */
export const chars = (most: number) => (line: string) => line.length <= most

/** At most so many px. */
export const pixels =
  (most: number, size: number, bold = false) =>
  (line: string) =>
    textWidth(line, size, bold) <= most

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** For XML text and attributes; what XML cannot hold becomes a space. */
export const xml = (text: string): string =>
  Buffer.from(text)
    .toString()
    .replace(NOT_XML, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
