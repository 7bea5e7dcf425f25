import { BaseCommand } from '../../cli/base-command.ts'

export default class AlertNotify extends BaseCommand {
  static override summary = 'Tell the receivers of alerts, and nothing else.'
  static override description =
    'analyze does this beside the insights when receivers are configured; this is for those who want it in a process of its own. Of all processes on a bus one tells, and another takes over when it ends.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --config /etc/shitops/config.yaml',
  ]

  async run(): Promise<unknown> {
    const { flags } = await this.parse(AlertNotify)
    const { notify } = await import('../../cli/alert/notify.ts')
    const { configuredAlerts } = await import('../../cli/alert/settings.ts')

    const settings = await configuredAlerts(flags, process.env)
    return notify(settings, { open: () => this.openBus(flags), logger: this.logger(flags), signal: this.signal, env: process.env })
  }
}
