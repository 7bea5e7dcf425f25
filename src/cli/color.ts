import { Chalk } from 'chalk'

type Stream = NodeJS.WriteStream

let configured: 'auto' | 'always' | 'never' = 'auto'

/** What the configuration says (output.color): it stands behind the flag and the usual variables. */
export function setConfiguredColor(color: typeof configured): void {
  configured = color
}

/**
 * stdout and stderr are judged apart; NO_COLOR, TERM=dumb, --no-color, the configuration and a pipe each end colour, FORCE_COLOR wins over all
 * but --no-color.
 */
export function colorLevel(stream: Stream): 0 | 1 {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env
  if (process.argv.includes('--no-color')) return 0
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR === '0' || FORCE_COLOR === 'false' ? 0 : 1
  if (NO_COLOR || TERM === 'dumb') return 0
  if (configured !== 'auto') return configured === 'always' ? 1 : 0
  return stream.isTTY ? 1 : 0
}

const painters = [new Chalk({ level: 0 }), new Chalk({ level: 1 })] as const
const on = (stream: Stream) => painters[colorLevel(stream)]

/** Colour says nothing that words do not say too. */
export const paint = {
  error: (text: string, stream: Stream = process.stdout) => on(stream).red.bold(text),
  warn: (text: string, stream: Stream = process.stdout) => on(stream).yellow(text),
  good: (text: string, stream: Stream = process.stdout) => on(stream).green(text),
  strong: (text: string, stream: Stream = process.stdout) => on(stream).bold(text),
  dim: (text: string, stream: Stream = process.stdout) => on(stream).dim(text),
}
