import { PrintCommand } from '../../cli/print-command.ts'
import { topicsArgs, topicsFileFlags } from '../../cli/topics/flags.ts'

export default class TopicPlan extends PrintCommand {
  static override summary = 'Show what would make topics what their file says.'
  static override description = 'Exits with 0 where nothing differs, and with 3 where something does. It changes nothing.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --file topics.yaml alerts insights --json',
  ]
  static override args = topicsArgs
  static override flags = topicsFileFlags

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(TopicPlan)
    const { EXIT } = await import('../../base/errors.ts')
    const { makePlan, planDocument } = await import('../../cli/topics/plan.ts')
    const { applyCommand, formatPlan } = await import('../../cli/topics/plan-view.ts')

    const planned = await makePlan(await this.openBus(flags, { readOnly: true }), args.topics, flags)
    const document = planDocument(planned)
    const next = this.onTypedBus(applyCommand(args.topics, flags))
    this.print(formatPlan(planned.plan, planned.observed, planned.source.file, next))
    if (!document.settled) process.exitCode = EXIT.found
    return document
  }
}
