import { Flags } from '@oclif/core'

const SERIES = 'SERIES'

/** What is known of a series beside its rows. */
export const calendarFlags = {
  column: Flags.string({ summary: 'Value column, by name or number from 1.', helpValue: 'NAME', helpGroup: SERIES }),
  period: Flags.string({ summary: 'Another season than day and week: rows, or a time.', helpValue: 'ROWS|TIME', helpGroup: SERIES }),
  holidays: Flags.string({ summary: 'A file with a date a line.', helpValue: 'FILE', helpGroup: SERIES }),
  'utc-offset': Flags.integer({
    summary: 'Minutes that local time is ahead of UTC: where the day begins.',
    helpValue: 'MINUTES',
    helpGroup: SERIES,
    min: -840,
    max: 840,
    default: 0,
  }),
}
