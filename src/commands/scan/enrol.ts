import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'

export default class ScanEnrol extends BaseCommand {
  static override summary = "Add, list or remove a headset's keys: who may be tracked."
  static override description = [
    'Keys come from stdin or --from FILE (mode 0600), never from the command line, where other users and the history of the shell see them; typed at a terminal they are not shown. They are: a librepods:// link, lines "irk: …" and "enc: …", the raw answer of a headset in hex, or bare keys, IRK first; each as hex, dashed hex or base64.',
    'Every enrolment says what for (--purpose), on what legal basis (--basis) and until when (--expires); after that the headset is a stranger again. The file has mode 0600 and is refused otherwise. In it, a key may be {env: NAME}, to come from the environment. "list" never shows keys.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> add h-17 --purpose "call load" --basis "works agreement 12" --expires 90d < keys.txt',
    '<%= config.bin %> <%= command.id %> list',
    '<%= config.bin %> <%= command.id %> remove h-17',
  ]

  // A key given by mistake must not be repeated in an error, so surplus words are judged here.
  static override strict = false

  static override args = {
    action: Args.string({ description: 'add, list or remove', options: ['add', 'list', 'remove'], required: true }),
    alias: Args.string({ description: 'Pseudonym of the headset, for add and remove.' }),
  }

  static override flags = {
    enrolment: Flags.string({
      summary: 'The enrolment file; default enrolment.yaml in the configuration folder.',
      helpValue: 'FILE',
      env: 'SHITOPS_ENROLMENT',
    }),
    from: Flags.string({ summary: 'Read the keys from this file instead of stdin.', helpValue: 'FILE' }),
    purpose: Flags.string({ summary: 'What the tracking is for.', helpValue: 'TEXT' }),
    basis: Flags.string({ summary: 'Its legal basis: consent, works agreement, …', helpValue: 'TEXT' }),
    expires: Flags.string({ summary: 'When it ends: 2026-12-31, a time with zone, or 90d from now.', helpValue: 'WHEN' }),
    team: Flags.string({ summary: 'The team that its numbers count for.', helpValue: 'NAME' }),
  }

  async run(): Promise<unknown> {
    const { args, argv, flags } = await this.parse(ScanEnrol)
    const { enrol } = await import('../../cli/enrol.ts')
    const { formatEnrolment } = await import('../../cli/enrol-view.ts')
    const { defaultEnrolmentPath } = await import('../../config/enrolment-path.ts')
    const { systemClock } = await import('../../base/clock.ts')
    const { secretChunks } = await import('../../cli/stdio.ts')

    const file = flags.enrolment ?? defaultEnrolmentPath(process.env)
    let stopped: AbortSignal | undefined
    const keys = () => {
      stopped = this.signal
      return secretChunks(stopped, 'the keys')
    }
    const result = await enrol(args.action, { ...flags, file, words: argv.slice(1).map(String), keys, clock: systemClock }).catch(
      (error) => {
        // Who stops half way through a key has not given a bad one.
        if (stopped?.aborted) return undefined
        throw error
      },
    )
    if (!result) return undefined
    this.log(formatEnrolment(result))
    return result
  }
}
