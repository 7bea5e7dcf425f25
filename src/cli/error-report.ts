import { ERROR_CODES, type ErrorCode, EXIT, messageOf, ShitopsError } from '../base/errors.ts'
import { paint } from './color.ts'
import { type UsageOf, usageReport } from './usage-report.ts'

/** The `error` object of a --json answer (CLI.md). */
export interface ErrorReport {
  code: ErrorCode
  message: string
  suggestions: string[]
  exit: number
}

/** Any thrown thing as a report: ours as it is, oclif's parse errors as usage, the rest as a bug with the way to see more. */
export function reportOf(error: unknown, command: UsageOf = {}): ErrorReport {
  if (error instanceof ShitopsError) {
    return { code: error.code, message: withoutFrame(error.message), suggestions: [...error.suggestions], exit: error.exit }
  }
  const oclif = error as { oclif?: { exit?: number }; parse?: unknown; code?: string }
  const exit = oclif?.oclif?.exit
  if (oclif?.code === 'EEXIT') return { code: 'SHITOPS_E_BUG', message: '', suggestions: [], exit: exit ?? 0 }
  if (oclif?.parse !== undefined || exit === EXIT.usage) {
    return { code: 'SHITOPS_E_USAGE', ...usageReport(error, command), exit: EXIT.usage }
  }
  return {
    code: 'SHITOPS_E_BUG',
    message: messageOf(error),
    suggestions: ['run it again with --verbose for the stack, and report it'],
    exit: ERROR_CODES.SHITOPS_E_BUG.exit,
  }
}

/** What oclif puts around an error that a flag's own parser throws. */
const withoutFrame = (message: string) => message.replace(/^Parsing --\S+ \n\t/, '').replace(/\nSee more help with --help$/, '')

/** What, why and what next, for stderr. */
export function formatError(report: ErrorReport, options: { stack?: string | undefined } = {}): string {
  // A message may go on in further lines (a filter's caret): the code stays with the first.
  const [first = '', ...more] = report.message.split('\n')
  const lines = [`${paint.error('Error:', process.stderr)} ${first} (${report.code})`, ...more]
  for (const suggestion of report.suggestions) lines.push(`  Try: ${suggestion}`)
  // Its frames alone: the message in front of them is the one before it was cleaned.
  if (options.stack) lines.push(...options.stack.split('\n').filter((line) => /^\s+at /.test(line)))
  return lines.join('\n')
}
