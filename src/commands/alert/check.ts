import { Args } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class AlertCheck extends PrintCommand {
  static override summary = 'Send every receiver a test alert. Exit 3 when one does not take it.'
  static override description =
    'The receivers are those of the configuration (alerts.receivers). Each gets one alert named shitops_test; an Alertmanager gets an empty list.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> ops --json']
  static override args = {
    receivers: Args.string({ name: 'RECEIVER', description: 'only these', multiple: true, multipleNonGreedy: true }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(AlertCheck)
    const { checkReceivers, formatChecks } = await import('../../cli/alert/check.ts')
    const { configuredAlerts } = await import('../../cli/alert/settings.ts')

    const settings = await configuredAlerts(flags, process.env)
    const context = { env: process.env, now: () => Date.now(), signal: this.signal }
    const results = await checkReceivers(settings, args.receivers ?? [], context)
    this.print(formatChecks(results))
    if (results.some(({ status }) => status === 'failed')) process.exitCode = 3
    return { receivers: results }
  }
}
