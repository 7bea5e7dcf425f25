import type { Painter, Style } from './row.ts'

export type Colors = 0 | 16 | 256

/**
 * Colours that people with any kind of colour vision tell apart (Okabe and Ito's palette, nearest of 256), and the terminal's own where it has
 * sixteen. Without colour bold, dim, underline and reverse stay: they are no colours.
 */
const CODES: Record<16 | 256, Record<Style, string>> = {
  256: {
    plain: '',
    strong: '1',
    dim: '2',
    critical: '1;38;5;202',
    warning: '38;5;214',
    info: '38;5;75',
    good: '38;5;36',
    accent: '38;5;75',
    title: '1;38;5;75',
    head: '2;4',
  },
  16: {
    plain: '',
    strong: '1',
    dim: '2',
    critical: '1;31',
    warning: '33',
    info: '36',
    good: '32',
    accent: '36',
    title: '1;36',
    head: '2;4',
  },
}
const WITHOUT: Partial<Record<Style, string>> = { strong: '1', dim: '2', critical: '1', title: '1', head: '4' }

const ESC = '\u001b['

export function painter(colors: Colors): Painter {
  const codes = colors === 0 ? WITHOUT : CODES[colors]
  return {
    style: (style, text) => {
      const code = codes[style]
      return code ? `${ESC}${code}m${text}${ESC}0m` : text
    },
    chosen: (text) => `${ESC}7m${text}${ESC}0m`,
  }
}

/** How many colours a terminal has, from what its environment says. */
export function colorsOf(env: Readonly<Record<string, string | undefined>>): 16 | 256 {
  return /256color|truecolor|24bit/.test(`${env.TERM ?? ''} ${env.COLORTERM ?? ''}`) ? 256 : 16
}
