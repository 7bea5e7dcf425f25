import { connectionFlags } from '../../cli/gnmi/connection-flags.ts'
import { RequestCommand } from '../../cli/gnmi/request-command.ts'

export default class GnmiCapabilities extends RequestCommand {
  static override summary = 'What gNMI targets can do: version, encodings, models.'
  static override description =
    'Several targets are asked at once, and one that fails does not hide the others; the exit code is then that of the worst failure.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -a leaf1:57400 --username admin --password-file password',
    '<%= config.bin %> <%= command.id %> -a leaf1:57400 -a leaf2:57400 --skip-verify --json',
  ]
  static override flags = connectionFlags

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GnmiCapabilities)
    const { requiredTargets } = await import('../../cli/gnmi/targets.ts')
    const { eachTarget, targetReport } = await import('../../cli/gnmi/each-target.ts')
    const { askCapabilities } = await import('../../collectors/gnmi/request/capabilities.ts')
    const { formatCapabilities } = await import('../../cli/gnmi/capabilities-view.ts')

    const { targets, timeout, warnings } = await requiredTargets(flags, process.env)
    for (const warning of warnings) this.logger(flags).warn(warning)
    const { signal } = this
    const answers: object[] = []
    let gap = ''
    for await (const outcome of eachTarget(targets, (connection) => askCapabilities(connection, { timeout, signal }), signal)) {
      const { name: source, result, error } = outcome
      if (error) {
        const report = targetReport(outcome)
        this.failed(report)
        answers.push({ source, error: report })
        continue
      }
      answers.push({ source, ...result })
      this.print(`${gap}${formatCapabilities(source, result, process.stdout.isTTY ? process.stdout.columns : undefined)}`)
      gap = '\n'
    }
    return { targets: answers, ...this.conclude(targets.length) }
  }
}
