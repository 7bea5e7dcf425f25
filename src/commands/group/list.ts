import { listFlags } from '../../cli/list-flags.ts'
import { PrintCommand } from '../../cli/print-command.ts'

export default class GroupList extends PrintCommand {
  static override summary = 'List consumer groups: state, members, lag.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --output ndjson']
  static override flags = listFlags

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GroupList)
    const { listGroups } = await import('../../bus/ops/groups.ts')
    const { GROUP_COLUMNS } = await import('../../cli/group-view.ts')
    const { noneSeen } = await import('../../cli/none-seen.ts')
    const { formatList } = await import('../../cli/list-output.ts')

    const bus = await this.openBus(flags, { readOnly: true })
    const groups = await listGroups(bus)
    this.print(formatList(groups, GROUP_COLUMNS, flags, { groups }, process.stdout))
    if (groups.length === 0) this.logger(flags).info(`${noneSeen(bus, 'group')} They appear when something reads with one.`)
    return { groups }
  }
}
