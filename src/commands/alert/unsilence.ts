import { Args, Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class AlertUnsilence extends PrintCommand {
  static override summary = 'End silences now.'
  static override examples = ['<%= config.bin %> <%= command.id %> 0f8c2a6e91d34b57']
  static override args = {
    silences: Args.string({ name: 'SILENCE', description: 'ids of silences', required: true, multiple: true, multipleNonGreedy: true }),
  }
  static override flags = { author: Flags.string({ summary: 'Who: an alias. Default the user of this machine.', helpValue: 'ALIAS' }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(AlertUnsilence)
    const { unsilence } = await import('../../cli/alert/acts.ts')
    const { authorOf } = await import('../../cli/alert/find.ts')

    const who = { by: authorOf(flags.author, process.env), now: Date.now() }
    const silences = await unsilence(await this.openBus(flags, { mustExist: true }), args.silences, who)
    this.print(silences.map(({ silence_id, ends_at }) => `${silence_id} ended ${ends_at}\n`).join(''))
    return { silences }
  }
}
