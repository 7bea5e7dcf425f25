import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'

export default class AnomalyScore extends BaseCommand {
  static override summary = 'Score a series for anomalies, row by row: a file in, scores out.'
  static override description = [
    'The score is in [0, 1]: 0.98 and more is an alarm. It is strictly causal: the score of a row depends on the rows up to it alone, and what is going on since an alarm scores low until something stronger comes. Nothing is trained; the first rows score low.',
    'The file is CSV with or without a header; columns are found by name (timestamp, time, date, ts …; value, y …), else the first is the time and those with numbers are values. Several values are scored together: each for itself, and the row as a whole. --columns names them. Times are ISO 8601 (UTC where no zone stands) or seconds to nanoseconds since 1970. A row that cannot be read is named on stderr, scores 0, and teaches nothing; so does a row without a value.',
    '--explain adds why a row is an alarm: which member of the ensemble said so most, the band expected, since when, and when something like it was last seen (docs/anomaly.md).',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> latency.csv > scored.csv',
    '<%= config.bin %> <%= command.id %> latency.csv --explain --output ndjson',
    '<%= config.bin %> <%= command.id %> host.csv --columns cpu,memory,load',
    "printf 'timestamp,value\\n2026-01-31T09:00:00Z,41\\n' | <%= config.bin %> <%= command.id %> -",
  ]

  static override args = { file: Args.string({ name: 'FILE', description: 'CSV of a series; - is stdin', required: true }) }

  static override flags = {
    output: Flags.option({ char: 'o', options: ['csv', 'ndjson'] as const, summary: 'Form of the rows.', default: 'csv' as const })(),
    explain: Flags.boolean({ summary: 'Add why a row is an alarm.' }),
    columns: Flags.string({
      summary: 'Value columns, by name or number from 1.',
      helpValue: 'NAME,…',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    'utc-offset': Flags.integer({
      summary: 'Minutes that local time is ahead of UTC: where the day begins.',
      helpValue: 'MINUTES',
      min: -840,
      max: 840,
      default: 0,
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(AnomalyScore)
    const { emptySummary, scoreRows, tellSummary } = await import('../../cli/anomaly/score.ts')
    const { asJson, csvLines, ndjsonLines } = await import('../../cli/anomaly/score-lines.ts')
    const { writeOut } = await import('../../cli/stdio.ts')

    const summary = emptySummary()
    const logger = this.logger(flags)
    const options = { file: args.file, explain: flags.explain, utcOffsetMinutes: flags['utc-offset'], columns: flags.columns ?? [] }
    const lines = flags.output === 'csv' ? csvLines(flags.explain) : ndjsonLines
    const rows: unknown[] = []
    const tell = (names: readonly string[]) => {
      before = lines.header(names)
    }
    let before = lines.header(['value'])
    for await (const scored of scoreRows(options, summary, logger, this.signal, tell)) {
      if (this.jsonEnabled()) rows.push(...scored.map(asJson))
      else await writeOut(before + scored.map(lines.line).join(''))
      before = ''
    }
    if (before !== '' && !this.jsonEnabled()) await writeOut(before)
    tellSummary(summary, logger)
    return { rows, summary }
  }
}
