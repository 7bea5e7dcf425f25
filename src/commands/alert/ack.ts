import { Args, Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class AlertAck extends PrintCommand {
  static override summary = 'Say that somebody is on an alert: no repeats, no escalation.'
  static override description = "It holds for this incident. When the alert is over and fires again, it is nobody's again."
  static override examples = [
    '<%= config.bin %> <%= command.id %> 4d2f9c07a1b3e586 --comment "rebooting access-1"',
    '<%= config.bin %> <%= command.id %> 4d2f9c07a1b3e586 --undo',
  ]
  static override args = { alert: Args.string({ description: 'its fingerprint, or the beginning of it', required: true }) }
  static override flags = {
    author: Flags.string({ summary: 'Who: an alias. Default the user of this machine.', helpValue: 'ALIAS' }),
    comment: Flags.string({ char: 'c', summary: 'What is being done about it.', helpValue: 'TEXT' }),
    undo: Flags.boolean({ summary: 'Nobody is on it after all.' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(AlertAck)
    const { ack } = await import('../../cli/alert/acts.ts')
    const { authorOf } = await import('../../cli/alert/find.ts')

    const by = authorOf(flags.author, process.env)
    const bus = await this.openBus(flags, { mustExist: true })
    const alert = await ack(bus, args.alert, { by, comment: flags.comment, now: Date.now() }, flags.undo)
    const what = flags.undo ? "is nobody's again" : `is acknowledged by ${by}`
    this.print(`${alert.alert_name} ${alert.subject} ${what}\n`)
    return { alert }
  }
}
