import { ShitopsError } from '../../base/errors.ts'

/** What Flink says about a statement that it refuses, or a job that failed. */
export interface FlinkFailure {
  /** The message of the innermost cause, with its exception's class in front where that is no plain validation error. */
  message: string
  /** Class of the innermost exception, without its package: `SqlParseException`. */
  exception: string
  /** 1-based, where Flink says it. */
  line?: number
  column?: number
}

/** Classes that say nothing beside their message. */
const PLAIN = new Set(['ValidationException', 'CalciteContextException', 'SqlValidatorException', 'SqlParserException', 'TableException'])

/** Reads `errors[]` of the gateway: the second entry is a Java stack whose last `Caused by:` names what went wrong. */
export function readFailure(errors: readonly string[]): FlinkFailure {
  const stack = errors.find((text) => text.includes('\n\tat ') || text.includes('Exception')) ?? errors.join(' ')
  const causes = causesOf(stack)
  const last = causes.at(-1) ?? { exception: '', message: errors.join(' ') }
  const place = causes.map(({ message }) => placeOf(message)).findLast((found) => found !== undefined)
  const says = withoutNoise(last.message || last.exception, place !== undefined)
  const message = last.exception && last.message && !PLAIN.has(last.exception) ? `${last.exception}: ${says}` : says
  return { message, exception: last.exception, ...place }
}

/**
 * The parser lists every word that it would have taken, the planner prints its search: screenfuls. A place inside of the message counts
 * from the statement, which is no use in a script, so it goes where it is told beside.
 */
function withoutNoise(message: string, placed: boolean): string {
  const short = message
    .replace(/\s*Was expecting one of:.*$/s, '')
    .replace(/ There (?:is|are) \d+ empty subsets?:.*$/s, '')
    .replace(/ (?:The physical plan is|Original rel|Please check the documentation)\b.*$/s, '')
  return placed ? short.replace(/,? at line \d+, column \d+(?= |\.|$)/g, '') : short
}

/** Each exception of a stack trace, outermost first, its message over as many lines as it has. */
function causesOf(stack: string): Array<{ exception: string; message: string }> {
  const causes: Array<{ exception: string; message: string }> = []
  // Between an exception's first line and its first frame the lines are its message's.
  let inMessage = false
  for (const line of stack.split('\n')) {
    const head = /^(?:<Exception on server side:)?(?:Caused by: )?(?:[\w$]+\.)+([\w$]+)(?:: ?(.*))?$/.exec(line)
    const last = causes.at(-1)
    if (head && (line.startsWith('Caused by: ') || last === undefined)) {
      causes.push({ exception: (head[1] ?? '').replace(/^.*\$/, ''), message: (head[2] ?? '').trim() })
      inMessage = true
    } else if (/^(\s+(at |\.\.\. \d+ (more|common))|End of exception)/.test(line)) {
      inMessage = false
    } else if (last && inMessage && line.trim() !== '') {
      last.message += ` ${line.trim()}`
    }
  }
  return causes
}

/** `From line 1, column 8 to line 1, column 10`, `at line 1, column 10`, `line 1, column 5`. */
function placeOf(message: string): { line: number; column: number } | undefined {
  const found = /line ([1-9]\d*),? column (\d+)/i.exec(message)
  return found ? { line: Number(found[1]), column: Number(found[2]) } : undefined
}

/** As an error for people. @param where which statement, as `statement 2 of 5` */
export function flinkError(failure: FlinkFailure, where = 'the statement'): ShitopsError {
  const place = failure.line === undefined ? '' : ` (line ${failure.line}, column ${failure.column})`
  return new ShitopsError('SHITOPS_E_FLINK_REFUSED', `Flink does not run ${where}${place}: ${failure.message}`, {
    suggestions: ['shitops analyze sql --explain runs the same text here and says what it makes of it'],
    cause: failure,
  })
}
