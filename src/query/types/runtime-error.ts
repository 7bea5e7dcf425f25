import { ShitopsError } from '../../base/errors.ts'

/** A value that makes the whole query fail, as it would in Flink: a division by zero, a text that no cast can read. */
export class SqlRuntimeError extends ShitopsError {
  constructor(message: string) {
    super('SHITOPS_E_SQL_RUNTIME', message, { suggestions: ['TRY_CAST and CASE WHEN keep such rows out', 'shitops analyze explain'] })
  }
}
