import type { ErrorReport } from '../error-report.ts'
import { formatError } from '../error-report.ts'
import { PrintCommand } from '../print-command.ts'
import { worstOf } from './each-target.ts'

/** A command that asks several targets and goes on when one of them fails. */
export abstract class RequestCommand extends PrintCommand {
  readonly #failures: ErrorReport[] = []

  /** Tell of a target that failed: at once, unless there will be one document. */
  protected failed(report: ErrorReport): void {
    this.#failures.push(report)
    if (!this.jsonEnabled()) process.stderr.write(`${formatError(report)}\n`)
  }

  /** The exit code for what failed, and the `error` member of the document. @param asked how many targets there were */
  protected conclude(asked: number): { error?: ErrorReport } {
    const error = worstOf(this.#failures, asked)
    if (!error) return {}
    process.exitCode = error.exit
    return { error }
  }
}
