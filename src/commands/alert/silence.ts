import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class AlertSilence extends PrintCommand {
  static override summary = 'Do not tell of alerts with these labels for a while.'
  static override description =
    'The id of the silence is printed; alert unsilence ends it early. Alerts go on being raised and listed. What was told that it fires is told that it is over, silenced or not.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --matcher site=hq --for 2h --comment "cabling on floor 2"',
    '<%= config.bin %> <%= command.id %> --matcher \'target=~"access-.*"\' --for 30m --comment reboot --dry-run',
  ]
  static override flags = {
    matcher: Flags.string({
      char: 'm',
      summary: 'Labels (repeatable, all must match): site=hq, alertname!=x, team=~"pay.*".',
      helpValue: 'MATCHER',
      multiple: true,
      multipleNonGreedy: true,
      required: true,
    }),
    for: Flags.string({ summary: 'How long.', helpValue: 'DURATION', exactlyOne: ['for', 'until'] }),
    until: Flags.string({ summary: 'Until when: 2026-01-31T17:00:00Z.', helpValue: 'TIME' }),
    from: Flags.string({ summary: 'From when; now when absent.', helpValue: 'TIME' }),
    comment: Flags.string({ char: 'c', summary: 'Why.', helpValue: 'TEXT', required: true }),
    author: Flags.string({ summary: 'Who: an alias. Default the user of this machine.', helpValue: 'ALIAS' }),
    'dry-run': Flags.boolean({ summary: 'Only say which alerts it would mute now.' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(AlertSilence)
    const { silence } = await import('../../cli/alert/acts.ts')
    const { authorOf } = await import('../../cli/alert/find.ts')

    const who = { by: authorOf(flags.author, process.env), now: Date.now() }
    const made = await silence((readOnly) => this.openBus(flags, { mustExist: true, readOnly }), flags, who)
    this.print(flags['dry-run'] ? '' : `${made.silence.silence_id}\n`)
    const names = made.alerts.map(({ alert_name, subject }) => `${alert_name} ${subject}`)
    this.logger(flags).info(
      `${flags['dry-run'] ? 'would mute' : 'mutes'} ${names.length === 0 ? 'no alert that there is now' : names.join(', ')}`,
    )
    return { ...made, applied: !flags['dry-run'] }
  }
}
