import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class AnalyzeBacktest extends PrintCommand {
  static override summary = 'Insights and alert policies over the past: precision, recall, lead time.'
  static override description = `\
The code is that of analyze; nothing is written and nobody is told. The labels say when something was wrong: a list (YAML, JSON or CSV) of windows with \
start, end, and where you have them insight, subject (* for any characters) and harm, the time at which it hurt. Without --insight those run that the labels \
name. Without --labels it prints what would have fired. Exit 3 when precision or recall is below what is asked for.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --from @7d --labels incidents.yaml',
    '<%= config.bin %> <%= command.id %> --from 2026-03-01T00:00Z --to 2026-04-01T00:00Z --insight device_flapping',
    '<%= config.bin %> <%= command.id %> --from @30d --labels incidents.csv --min-precision 0.9 --min-recall 0.8',
  ]
  static override flags = {
    from: Flags.string({ summary: 'From when: start, @7d, @2026-01-31T09:00:00Z.', helpValue: 'TIME', required: true }),
    to: Flags.string({ summary: 'Until when; now when absent.', helpValue: 'TIME' }),
    labels: Flags.string({ summary: 'File of the windows in which something was wrong.', helpValue: 'FILE' }),
    insight: Flags.string({
      summary: 'Only this one (repeatable): a built-in insight by name, or a .sql file.',
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'warm-up': Flags.string({ summary: 'Read so much before --from, to know what is usual.', helpValue: 'DURATION', default: '1h' }),
    before: Flags.string({ summary: 'An alert so long before a window is right.', helpValue: 'DURATION', default: '0s' }),
    after: Flags.string({ summary: 'And so long after it.', helpValue: 'DURATION', default: '2m' }),
    disorder: Flags.string({ summary: 'How late a record may come.', helpValue: 'DURATION', default: '5s' }),
    'min-precision': Flags.string({ summary: 'Exit 3 below it, 0 to 1.', helpValue: 'SHARE', dependsOn: ['labels'] }),
    'min-recall': Flags.string({ summary: 'Exit 3 below it, 0 to 1.', helpValue: 'SHARE', dependsOn: ['labels'] }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(AnalyzeBacktest)
    const { backtest, formatBacktest, shareOf } = await import('../../cli/analyze/backtest.ts')

    const [minPrecision, minRecall] = [shareOf('min-precision', flags['min-precision']), shareOf('min-recall', flags['min-recall'])]
    const result = await backtest(flags, {
      open: () => this.openBus(flags, { readOnly: true, mustExist: true }),
      ...{ logger: this.logger(flags), signal: this.signal, now: Date.now() },
    })
    this.print(formatBacktest(result, flags.utc))
    const { precision, recall } = result.verdict
    if ((precision ?? 1) < minPrecision || (recall ?? 1) < minRecall) process.exitCode = 3
    return result
  }
}
