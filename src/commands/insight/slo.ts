import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class InsightSlo extends PrintCommand {
  static override summary = 'Write an insight that tells when an error budget burns too fast.'
  static override description = `\
It prints the text of a .sql file: an objective, judged in a long and a short window (multi-window burn rate). Put it into a file of the insight's name, \
and run, test and backtest it like any other.`
  static override examples = [
    `<%= config.bin %> <%= command.id %> --name loss_budget --topic device_metrics --where "metric = 'packet_loss'" --bad "\`value\` >= 0.03" --by target --objective 0.99 > loss_budget.sql`,
  ]
  static override flags = {
    name: Flags.string({ summary: 'Name of the insight, and of the file.', required: true }),
    topic: Flags.string({ summary: 'Topic whose records are good or bad.', required: true }),
    where: Flags.string({ summary: 'Which records count, in SQL.', helpValue: 'CONDITION' }),
    bad: Flags.string({ summary: 'Which of them are bad, in SQL.', helpValue: 'CONDITION', required: true }),
    by: Flags.string({
      summary: 'Column (repeatable): each of its values has a budget of its own.',
      helpValue: 'COLUMN',
      multiple: true,
      multipleNonGreedy: true,
      required: true,
    }),
    objective: Flags.string({ summary: 'Share that is promised to be good.', helpValue: 'SHARE', default: '0.99' }),
    pace: Flags.option({
      options: ['page', 'ticket', 'slow'] as const,
      summary: '2 % of a month in 1 h, 5 % in 6 h, or 10 % in 3 d.',
      default: 'page' as const,
    })(),
    channel: Flags.option({ options: ['finance', 'operations'] as const, summary: 'Who is told.', default: 'operations' as const })(),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(InsightSlo)
    const { burnRateInsight } = await import('../../insights/burn-rate.ts')
    const { parseInsight } = await import('../../insights/header.ts')
    const { planInsight } = await import('../../insights/plan.ts')

    const sql = burnRateInsight({ ...flags, objective: Number(flags.objective) })
    // What does not fit the topic is told now, not when it is run.
    await planInsight(parseInsight(sql, flags.name))
    this.print(sql)
    return { name: flags.name, sql }
  }
}
