import { Args, Flags } from '@oclif/core'
import { calendarFlags } from '../../cli/forecast/calendar-flags.ts'
import { listFlags } from '../../cli/list-flags.ts'
import { PrintCommand } from '../../cli/print-command.ts'

export default class ForecastBacktest extends PrintCommand {
  static override summary = 'How good forecasts of a series would have been, against seasonal naive.'
  static override description = `\
Over the second half of each series, from moments --every rows apart, each from what had come by then alone: pinball loss at the quantiles 0.1, 0.5 and \
0.9, and the share of values within the interval of 80 %. Seasonal naive is the value a season before, with the quantiles of its own errors; the season is \
the day or the week where the series shows one, or --period; without one naive is the last value. A ratio below 1 is better than naive.

--check exits 3 where fewer of the seasonal series than --least are better.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> utilisation.csv calls.csv',
    '<%= config.bin %> <%= command.id %> series/*.csv --ahead 1h,24h --check --json',
  ]
  static override args = {
    files: Args.string({ name: 'FILE', description: 'CSVs of series', required: true, multiple: true, multipleNonGreedy: true }),
  }
  static override flags = {
    ahead: Flags.string({
      summary: 'How far ahead is foretold.',
      helpValue: 'TIME,…',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      default: ['1h', '6h', '24h'],
    }),
    every: Flags.integer({ summary: 'Rows from one origin to the next.', helpValue: 'ROWS', min: 1, default: 12 }),
    check: Flags.boolean({ summary: 'Exit 3 unless enough series are better than naive.' }),
    // No default of oclif's: that counts as given, so that every run would be told that --check is missing.
    least: Flags.string({ summary: 'Share of the seasonal series that is enough; 0.8.', helpValue: '0…1', dependsOn: ['check'] }),
    ...calendarFlags,
    ...listFlags,
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ForecastBacktest)
    const { BACKTEST_COLUMNS, backtestFile, summaryOf, summaryText } = await import('../../cli/forecast/backtest.ts')
    const { durationOf, readHolidays, shareOf } = await import('../../cli/forecast/options.ts')
    const { formatList } = await import('../../cli/list-output.ts')

    const logger = this.logger(flags)
    const least = shareOf('least', flags.least ?? '0.8')
    const options = {
      column: flags.column,
      period: flags.period,
      ahead: flags.ahead.map((text) => durationOf('ahead', text)),
      every: flags.every,
      utcOffsetMinutes: flags['utc-offset'],
      holidays: flags.holidays === undefined ? [] : await readHolidays(flags.holidays),
    }
    const series = []
    for (const file of args.files) series.push(await backtestFile(file, options, logger, this.signal))
    const summary = summaryOf(series)
    const document = { series, summary }
    this.print(formatList(series, BACKTEST_COLUMNS, flags, document, process.stdout))
    logger.info(summaryText(summary))
    if (flags.check && (summary.better_share ?? 0) < least) process.exitCode = 3
    return document
  }
}
