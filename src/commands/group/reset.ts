import { Args, Flags } from '@oclif/core'
import { plural } from '../../base/plural.ts'
import { PrintCommand } from '../../cli/print-command.ts'

const RESET = 'RESET'
const SAFETY = 'SAFETY'

export default class GroupReset extends PrintCommand {
  static override summary = 'Set where a consumer group goes on reading.'
  static override description =
    `It shows the plan, partition by partition. Without --yes it changes nothing, and while the group has members it is refused (exit 75).`
  static override examples = [
    '<%= config.bin %> <%= command.id %> workflow-conform --to @1h --dry-run',
    '<%= config.bin %> <%= command.id %> workflow-conform --topic workflow_events --to start --yes',
  ]
  static override args = { group: Args.string({ description: 'the group', required: true }) }
  static override flags = {
    to: Flags.string({
      summary: 'Where to go on: start, end, an offset, -N (before the end), or a time: @15m, @2026-01-31T09:00:00Z.',
      helpValue: 'POSITION',
      helpGroup: RESET,
      required: true,
    }),
    topic: Flags.string({
      char: 't',
      summary: 'Only this topic (repeatable); default every topic it has offsets of.',
      helpGroup: RESET,
      multiple: true,
      multipleNonGreedy: true,
    }),
    partition: Flags.integer({
      char: 'p',
      summary: 'Only this partition (repeatable).',
      helpValue: 'N',
      helpGroup: RESET,
      multiple: true,
      multipleNonGreedy: true,
      min: 0,
    }),
    yes: Flags.boolean({ char: 'y', summary: 'Do it.', helpGroup: SAFETY }),
    'dry-run': Flags.boolean({ summary: 'Show the plan, change nothing.', helpGroup: SAFETY }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(GroupReset)
    const { applyReset, planReset } = await import('../../bus/ops/groups.ts')
    const { parsePosition } = await import('../../bus/position.ts')
    const { confirmed } = await import('../../cli/confirm.ts')
    const { formatReset } = await import('../../cli/group-view.ts')
    const { refuseJob } = await import('../../cli/job-group.ts')

    const to = parsePosition(flags.to, Date.now(), 'to')
    const dryRun = flags['dry-run'] ?? false
    const bus = await this.openBus(flags, { readOnly: dryRun, mustExist: true })
    const steps = await planReset(bus, { group: args.group, topics: flags.topic ?? [], partitions: flags.partition, to })
    await refuseJob(bus, args.group)
    this.print(formatReset(steps))
    if (!dryRun) {
      confirmed(flags, args.group, `would set ${plural(steps.length, 'offset')} of group ${args.group}`)
      await applyReset(bus, args.group, steps)
      this.logger(flags).info(`Group ${args.group} goes on from there.`)
    }
    return { group: args.group, steps, applied: !dryRun, dryRun }
  }
}
