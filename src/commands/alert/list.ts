import { Flags } from '@oclif/core'
import { listFlags } from '../../cli/list-flags.ts'
import { PrintCommand } from '../../cli/print-command.ts'

export default class AlertList extends PrintCommand {
  static override summary = 'Alerts that are pending or fire. Exit 3 when one fires.'
  static override description =
    'Exit 3 when an alert that is listed fires, and nobody acknowledged or silenced it: so that a script can wait for that. With --silences it lists silences instead.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --matcher site=hq --severity critical --output json',
    '<%= config.bin %> <%= command.id %> --silences',
  ]
  static override flags = {
    all: Flags.boolean({ char: 'a', summary: 'Those that are over too.' }),
    matcher: Flags.string({
      char: 'm',
      summary: 'Only with these labels (repeatable): site=hq, team=~"pay.*".',
      helpValue: 'MATCHER',
      multiple: true,
      multipleNonGreedy: true,
    }),
    severity: Flags.string({
      summary: 'Only of this severity (repeatable).',
      options: ['critical', 'warning', 'info'],
      multiple: true,
      multipleNonGreedy: true,
    }),
    silences: Flags.boolean({ summary: 'Silences instead: active and to come.', exclusive: ['matcher', 'severity'] }),
    ...listFlags,
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(AlertList)
    const { loadAlertBook } = await import('../../alerts/alert-book.ts')
    const view = await import('../../cli/alert/list.ts')

    const { book } = await loadAlertBook(await this.openBus(flags, { readOnly: true, mustExist: true }), this.signal)
    const now = Date.now()
    if (flags.silences) {
      const silences = [...book.silences()].filter(({ endsAt }) => flags.all || endsAt > now).sort((a, b) => a.endsAt - b.endsAt)
      this.print(view.formatSilences(silences, flags, process.stdout, now))
      if (silences.length === 0 && flags.output === 'table') this.logger(flags).info('No silence is in force or to come.')
      return { silences: silences.map((silence) => view.silenceDocument(silence, now)) }
    }
    const alerts = view.selectAlerts(book, flags, now)
    this.print(view.formatAlerts(alerts, flags, process.stdout, now))
    if (alerts.length === 0 && flags.output === 'table') this.logger(flags).info('No alert is pending or fires.')
    if (alerts.some(view.wantsAttention)) process.exitCode = 3
    return { alerts }
  }
}
