/**
 * What a row does to an expression that Flink fails the job for: a division by zero, a CAST of text that is no number. The runner decides
 * what becomes of the row; TRY_CAST makes it NULL.
 */
export class SqlRuntimeError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SqlRuntimeError'
  }
}
