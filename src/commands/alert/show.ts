import { Args } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class AlertShow extends PrintCommand {
  static override summary = 'One alert: why it fires, the events behind it, its history.'
  static override examples = ['<%= config.bin %> <%= command.id %> 4d2f9c07a1b3e586', '<%= config.bin %> <%= command.id %> 4d2f --json']
  static override args = { alert: Args.string({ description: 'its fingerprint, or the beginning of it', required: true }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(AlertShow)
    const { loadAlertBook } = await import('../../alerts/alert-book.ts')
    const { findAlert } = await import('../../cli/alert/find.ts')
    const { formatAlert, historyOf, openEvidence } = await import('../../cli/alert/show.ts')

    const bus = await this.openBus(flags, { readOnly: true, mustExist: true })
    const { book } = await loadAlertBook(bus, this.signal)
    const now = Date.now()
    const alert = book.present(findAlert(book, args.alert), now)
    const hiders = (alert.inhibited_by ?? []).flatMap((id) => book.alert(id) ?? [])
    const opened = await openEvidence(bus, alert)
    const evidence = opened.map((each) => ({ ...each, command: this.onTypedBus(each.command) }))
    const shown = { alert, hiders, evidence, history: await historyOf(bus, alert) }
    this.print(formatAlert(shown, { utc: flags.utc, now }))
    return shown
  }
}
