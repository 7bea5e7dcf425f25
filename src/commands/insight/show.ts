import { Args } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class InsightShow extends PrintCommand {
  static override summary = 'One insight: what it says, its alert policy, its SQL and how that runs.'
  static override description = 'A file of your own (NAME.sql) is checked as analyze would check it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> call_quality_at_risk',
    '<%= config.bin %> <%= command.id %> ./close_is_late.sql --json',
  ]
  static override args = { name: Args.string({ name: 'NAME', description: 'a built-in insight, or a .sql file', required: true }) }

  async run(): Promise<unknown> {
    const { args } = await this.parse(InsightShow)
    const { selectInsights } = await import('../../insights/library.ts')
    const { planInsight } = await import('../../insights/plan.ts')
    const { formatInsight, insightDocument } = await import('../../cli/insight/view.ts')

    const [insight] = await selectInsights([args.name])
    if (!insight) return undefined
    const planned = await planInsight(insight)
    this.print(formatInsight(planned))
    return insightDocument(planned)
  }
}
