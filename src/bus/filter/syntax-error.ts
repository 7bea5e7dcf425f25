import { ShitopsError } from '../../base/errors.ts'

/** A filter expression that cannot be read: what is wrong, and the expression with a caret under the place. */
export class FilterSyntaxError extends ShitopsError {
  /** Where, from 1. */
  readonly column: number

  constructor(problem: string, source: string, at: number, suggestions: string[] = []) {
    super('SHITOPS_E_FILTER', `the filter is wrong at column ${at + 1}: ${problem}\n  ${source}\n  ${' '.repeat(at)}^`, {
      suggestions: suggestions.length > 0 ? suggestions : [`--filter 'value.metric == "cpu_load" and value.value > 0.9'`],
    })
    this.name = 'FilterSyntaxError'
    this.column = at + 1
  }
}
