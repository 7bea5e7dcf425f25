import type { IBufferCell, Terminal } from '@xterm/headless'

/** Colours of the first sixteen, as many terminals have them; the others are xterm's. */
const SIXTEEN = ['#1b1f24', '#e5534b', '#57ab5a', '#c69026', '#539bf5', '#b083f0', '#39c5cf', '#adbac7']
const [INK, PAPER] = ['#cdd9e5', '#15191f']
const STEPS = [0, 95, 135, 175, 215, 255]

function colorOf(index: number): string {
  if (index < 16) return SIXTEEN[index % 8] ?? INK
  if (index >= 232) return `rgb(${Array(3).fill(8 + (index - 232) * 10)})`
  const n = index - 16
  return `rgb(${[n / 36, (n / 6) % 6, n % 6].map((step) => STEPS[Math.floor(step)])})`
}

function styleOf(cell: IBufferCell): string {
  const color = cell.isFgPalette() ? colorOf(cell.getFgColor()) : INK
  const [fore, back] = cell.isInverse() ? [PAPER, color] : [color, PAPER]
  return [
    `color:${fore}`,
    back !== PAPER && `background:${back}`,
    cell.isBold() && 'font-weight:bold',
    cell.isDim() && 'opacity:.62',
    cell.isUnderline() && 'text-decoration:underline;text-underline-offset:3px;text-decoration-color:#768390',
  ]
    .filter(Boolean)
    .join(';')
}

/** Bits of a braille character by row and column (Unicode block U+2800). */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

/** Braille as a terminal draws it: fonts have it in widths of their own. */
function braille(text: string): string {
  const dots = [...text].flatMap((char, at) =>
    DOTS.flatMap((row, y) =>
      row.flatMap((bit, x) =>
        (char.charCodeAt(0) - 0x2800) & bit ? `<rect x="${at * 2 + x + 0.18}" y="${y + 0.2}" width=".64" height=".6"/>` : [],
      ),
    ),
  )
  const columns = [...text].length
  return `<svg style="width:${columns}ch" viewBox="0 0 ${columns * 2} 4" preserveAspectRatio="none" fill="currentColor">${dots.join('')}</svg>`
}

const isBraille = (chars: string): boolean => chars >= '\u2800' && chars <= '\u28ff'
const escaped = (text: string): string => text.replace(/[&<]/g, (char) => (char === '&' ? '&amp;' : '&lt;'))

/** What a terminal shows, as a page: every run of cells that look the same is a piece of text. */
export function pageOf(term: Terminal, title: string): string {
  const { active } = term.buffer
  const lines = Array.from({ length: term.rows - 1 }, (_, y) => {
    const line = active.getLine(active.viewportY + y)
    const runs: Array<{ style: string; text: string; drawn: boolean }> = []
    for (let x = 0; x < term.cols; x++) {
      const cell = line?.getCell(x)
      if (!cell || cell.getWidth() === 0) continue
      const [style, chars] = [styleOf(cell), cell.getChars() || ' ']
      const last = runs.at(-1)
      const drawn = isBraille(chars)
      if (last?.style === style && last.drawn === drawn) last.text += chars
      else runs.push({ style, text: chars, drawn })
    }
    return `<div>${runs.map(({ style, text, drawn }) => `<span style="${style}">${drawn ? braille(text) : escaped(text)}</span>`).join('')}</div>`
  })
  return `<!doctype html><meta charset="utf-8"><title>${title}</title>
<style>
  body { margin: 0; background: ${PAPER} }
  main { display: inline-block; padding: 10px 12px; background: ${PAPER}; font: 13px/17px "DejaVu Sans Mono", monospace; white-space: pre }
  div { height: 17px; overflow: hidden }
  svg { height: 17px; vertical-align: top }
</style><main>${lines.join('')}</main>`
}
