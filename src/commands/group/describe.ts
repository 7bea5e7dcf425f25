import { Args } from '@oclif/core'
import { listFlags } from '../../cli/list-flags.ts'
import { PrintCommand } from '../../cli/print-command.ts'

export default class GroupDescribe extends PrintCommand {
  static override summary = 'Show the members, offsets and lag of a consumer group.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> workflow-conform',
    '<%= config.bin %> <%= command.id %> workflow-conform --json',
  ]
  static override args = { group: Args.string({ description: 'the group', required: true }) }
  static override flags = listFlags

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(GroupDescribe)
    const { describeGroup } = await import('../../bus/ops/groups.ts')
    const { formatGroup } = await import('../../cli/group-view.ts')

    const group = await describeGroup(await this.openBus(flags, { readOnly: true }), args.group)
    this.print(formatGroup(group, flags, process.stdout))
    return group
  }
}
