import { Flags } from '@oclif/core'

const OUTPUT = 'OUTPUT'

/** How a list is printed; the same for every command that prints one. */
export const listFlags = {
  output: Flags.option({
    char: 'o',
    options: ['table', 'json', 'csv', 'ndjson'] as const,
    summary: 'Columns for a person, one JSON document, CSV, or one JSON object a line.',
    helpGroup: OUTPUT,
    default: 'table' as const,
  })(),
  'no-header': Flags.boolean({ summary: 'No line of column names.', helpGroup: OUTPUT }),
  'no-trunc': Flags.boolean({ summary: 'Do not cut long cells to the terminal.', helpGroup: OUTPUT }),
}
