import type { Logger } from '../base/log.ts'
import { paint } from './color.ts'

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const

/** Lines on stderr for a person; data stays alone on stdout. */
export function createStderrLogger(options: { level: keyof typeof RANK }): Logger {
  const rank = RANK[options.level]
  const write = (level: keyof typeof RANK, text: string) => {
    if (RANK[level] >= rank) process.stderr.write(`${text}\n`)
  }
  return {
    debug: (message) => write('debug', paint.dim(message, process.stderr)),
    info: (message) => write('info', message),
    warn: (message) => write('warn', `${paint.warn('Warning:', process.stderr)} ${message}`),
    error: (message) => write('error', `${paint.error('Error:', process.stderr)} ${message}`),
  }
}
