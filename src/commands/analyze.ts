import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'

const JOB = 'JOB'

export default class Analyze extends BaseCommand {
  static override summary = 'Run the insights over the bus: rows become insights, incidents alerts.'
  static override description = `\
It follows the topics that the insights name and prints every alert that fires and is resolved; all of it goes to the bus exactly once, also when \
the command is killed: started again, it goes on where it was. With --until-end it stops at the ends that the topics have now.

Where the configuration names receivers (docs/alerts.md), they are told.

Its only clock is the time in the events: the same input gives the same alerts. Started several times, the processes share the insights; where one is \
killed, others go on within seconds.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --insight call_quality_at_risk --insight ./my_own.sql',
    '<%= config.bin %> <%= command.id %> --insights ./rules',
    '<%= config.bin %> <%= command.id %> --from @1h --until-end --output ndjson',
  ]

  static override flags = {
    insight: Flags.string({
      summary: 'Only this one (repeatable): a built-in insight by name, or a .sql file.',
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
    }),
    insights: Flags.string({
      summary: 'And those of a folder of .sql files, read again on change and on SIGHUP.',
      helpValue: 'DIR',
    }),
    from: Flags.string({
      summary:
        'Where a job that never ran begins: start, end, or a time (@15m, @2026-01-31T09:00:00Z). Default end; start with --until-end.',
      helpValue: 'POSITION',
    }),
    'until-end': Flags.boolean({ summary: 'Stop at the ends that the topics have now.' }),
    output: Flags.option({
      char: 'o',
      options: ['text', 'ndjson'] as const,
      summary: 'Lines for people, or the entries of alert_log.',
      default: 'text' as const,
    })(),
    notify: Flags.boolean({
      summary: 'Tell the receivers of the configuration. Default yes; no with --until-end.',
      allowNo: true,
    }),
    disorder: Flags.string({ summary: 'How late a record may come.', helpValue: 'DURATION', default: '5s' }),
    'idle-timeout': Flags.string({
      summary: 'A partition with nothing new for so long holds time back no longer.',
      helpValue: 'DURATION',
      default: '10s',
    }),
    'max-advance': Flags.string({
      summary: 'How far one record alone may carry time forward; 0s for no bound.',
      helpValue: 'DURATION',
      default: '1d',
    }),
    split: Flags.boolean({
      summary: 'Share partitions of an insight too, where its plan allows.',
      default: true,
      allowNo: true,
      helpGroup: JOB,
    }),
    job: Flags.string({
      summary: 'Name of the job: its state and its place in the input belong to it.',
      helpValue: 'NAME',
      helpGroup: JOB,
    }),
    reset: Flags.boolean({ summary: 'Forget what the job remembers, and begin at --from; needs --yes.', helpGroup: JOB }),
    yes: Flags.boolean({ char: 'y', summary: 'Do it.', helpGroup: JOB }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Analyze)
    const { runAnalyze } = await import('../cli/analyze/insights.ts')
    const { configuredAlerts } = await import('../cli/alert/settings.ts')
    return runAnalyze(flags, {
      open: () => this.openBus(flags),
      stdout: process.stdout,
      logger: this.logger(flags),
      signal: this.signal,
      json: this.jsonEnabled(),
      alerts: await configuredAlerts(flags, process.env),
      env: process.env,
    })
  }
}
