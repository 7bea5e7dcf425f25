import { Args, Flags } from '@oclif/core'
import { calendarFlags } from '../cli/forecast/calendar-flags.ts'
import { PrintCommand } from '../cli/print-command.ts'

export default class Forecast extends PrintCommand {
  static override summary = 'What comes after a series, with intervals; when a threshold is crossed.'
  static override description = [
    'From the series alone: the time of the day, the weekday, the last working days of a month and of a quarter, holidays, and --period where there is another season. Intervals are quantiles of the errors that forecasts so far ahead have really made (docs/forecast.md).',
    'The file is read as by "anomaly score". One line for each moment: timestamp, forecast (the median), low, high; with --above or --below also the probability of being there at that moment, and on stderr (or with --json) when it is crossed.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> utilisation.csv --horizon 24h',
    '<%= config.bin %> <%= command.id %> disk.csv --horizon 14d --step 1h --above 90 --json',
    '<%= config.bin %> <%= command.id %> postings.csv --horizon 5d --holidays holidays.txt --utc-offset 120',
  ]
  static override args = { file: Args.string({ name: 'FILE', description: 'CSV of a series; - is stdin', required: true }) }
  static override flags = {
    horizon: Flags.string({ summary: 'How far to look.', helpValue: 'TIME', default: '24h' }),
    step: Flags.string({ summary: "Between two moments; the series' own interval by default.", helpValue: 'TIME' }),
    level: Flags.string({ summary: 'Share of values that the interval holds.', helpValue: '0…1', default: '0.8' }),
    above: Flags.string({ summary: 'When and how likely it goes above this value.', helpValue: 'VALUE', exclusive: ['below'] }),
    below: Flags.string({ summary: 'When and how likely it goes below this value.', helpValue: 'VALUE' }),
    ...calendarFlags,
    output: Flags.option({ char: 'o', options: ['csv', 'ndjson'] as const, summary: 'Form of the rows.', default: 'csv' as const })(),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Forecast)
    const { durationOf, numberOf, readHolidays, seasonFor, shareOf } = await import('../cli/forecast/options.ts')
    const { crossingText, forecastSeries } = await import('../cli/forecast/forecast.ts')
    const { forecastLines } = await import('../cli/forecast/forecast-lines.ts')
    const { readSeries } = await import('../cli/series/read-series.ts')

    const logger = this.logger(flags)
    const side = flags.below === undefined ? ('above' as const) : ('below' as const)
    const text = flags[side]
    const options = {
      horizon: durationOf('horizon', flags.horizon),
      step: flags.step === undefined ? undefined : durationOf('step', flags.step),
      level: shareOf('level', flags.level),
      threshold: text === undefined ? undefined : { value: numberOf(side, text), side },
      utcOffsetMinutes: flags['utc-offset'],
      holidays: flags.holidays === undefined ? [] : await readHolidays(flags.holidays),
    }
    const series = await readSeries(args.file, flags.column, logger, this.signal)
    const result = forecastSeries(series, { ...options, period: seasonFor(series, flags.period).period })
    this.print(forecastLines(result.rows, flags.output))
    if (result.crossing) logger.info(crossingText(result.crossing))
    return result
  }
}
