import { ERROR_CODES, type ErrorCode, EXIT, messageOf, ShitopsError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { paint } from './color.ts'

/** The `error` object of a --json answer (CLI.md). */
export interface ErrorReport {
  code: ErrorCode
  message: string
  suggestions: string[]
  exit: number
}

/** Any thrown thing as a report: ours as it is, oclif's parse errors as usage, the rest as a bug with the way to see more. */
export function reportOf(error: unknown, command?: string): ErrorReport {
  if (error instanceof ShitopsError) {
    return { code: error.code, message: withoutFrame(error.message), suggestions: [...error.suggestions], exit: error.exit }
  }
  const oclif = error as { oclif?: { exit?: number }; parse?: unknown; flags?: unknown; suggestions?: string[]; code?: string }
  const exit = oclif?.oclif?.exit
  if (oclif?.code === 'EEXIT') return { code: 'SHITOPS_E_BUG', message: '', suggestions: [], exit: exit ?? 0 }
  if (oclif?.parse !== undefined || exit === EXIT.usage) {
    const help = command ? [`shitops ${command.replaceAll(':', ' ')} --help`] : []
    // oclif's note on flags with several values does not hold for ours: they take one value each.
    const message = withoutValues(messageOf(error), oclif.flags)
      .replace(/\n?See more help with --help$/, '')
      .replace(/\n\nNote: [\s\S]*$/, '')
    return { code: 'SHITOPS_E_USAGE', message, suggestions: [...(oclif.suggestions ?? nearestFlags(oclif)), ...help], exit: EXIT.usage }
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

/** Of flags that do not exist the names alone: what was given to them may be a secret. */
function withoutValues(message: string, flags: unknown): string {
  if (!Array.isArray(flags)) return message
  return flags.map(String).reduce((text, flag) => text.replace(flag, flag.replace(/=.*$/s, '')), message)
}

/** For flags that do not exist, those that were probably meant. */
function nearestFlags({ flags, parse }: { flags?: unknown; parse?: unknown }): string[] {
  const all = (parse as { input?: { flags?: Record<string, { hidden?: boolean }> } } | undefined)?.input?.flags
  if (!Array.isArray(flags) || !all) return []
  const known = Object.keys(all).filter((name) => !all[name]?.hidden)
  return flags.flatMap((flag) => nearest(String(flag).replace(/^-+/, '').replace(/=.*$/s, ''), known) ?? []).map((flag) => `--${flag}`)
}

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
