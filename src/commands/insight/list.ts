import { listFlags } from '../../cli/list-flags.ts'
import { PrintCommand } from '../../cli/print-command.ts'

export default class InsightList extends PrintCommand {
  static override summary = 'The built-in insights: what they notice, how bad it is, who is told.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --output csv']
  static override flags = listFlags

  async run(): Promise<unknown> {
    const { flags } = await this.parse(InsightList)
    const { builtInInsights } = await import('../../insights/library.ts')
    const { formatInsights } = await import('../../cli/insight/view.ts')

    const insights = await builtInInsights()
    this.print(formatInsights(insights, flags, process.stdout))
    return {
      insights: insights.map(({ name, title, alert }) => ({
        name,
        title,
        severity: alert.severity,
        channel: alert.channel,
        for_s: alert.for / 1000,
      })),
    }
  }
}
