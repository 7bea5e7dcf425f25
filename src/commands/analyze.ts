import { Flags } from '@oclif/core'
import { ShitopsError } from '../base/errors.ts'
import { BaseCommand } from '../cli/base-command.ts'

const JOB = 'JOB'
const FLINK = 'FLINK'

export default class Analyze extends BaseCommand {
  static override summary = 'Run the insights over the bus: rows become insights, incidents alerts.'
  static override description = `\
It follows the topics that the insights name and prints every alert that fires and is resolved; all of it goes to the bus exactly once, also when \
the command is killed: started again, it goes on where it was. With --until-end it stops at the ends that the topics have now.

Where the configuration names receivers (docs/alerts.md), they are told.

Its only clock is the time in the events: the same input gives the same alerts. Started several times, the processes share the insights; where one is \
killed, others go on within seconds.

With --engine flink the queries run as one job of a Flink cluster, which writes their rows to the topic insights; here alerts are made of them. The \
job goes on when this ends, and is taken up again under the same --job; analyze jobs shows and stops it.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --insight call_quality_at_risk --insight ./my_own.sql',
    '<%= config.bin %> <%= command.id %> --insights ./rules',
    '<%= config.bin %> <%= command.id %> --from @1h --until-end --output ndjson',
    '<%= config.bin %> <%= command.id %> --engine flink --gateway http://127.0.0.1:8083 --bus kafka://127.0.0.1:9092',
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
    engine: Flags.option({
      options: ['embedded', 'flink'] as const,
      summary: 'Where the queries run: here, or on a Flink cluster.',
      default: 'embedded' as const,
      helpGroup: FLINK,
    })(),
    gateway: Flags.string({
      summary: "URL of Flink's SQL gateway.",
      helpValue: 'URL',
      env: 'SHITOPS_FLINK_GATEWAY',
      default: 'http://127.0.0.1:8083',
      helpGroup: FLINK,
    }),
    'dry-run': Flags.boolean({ summary: 'Print the script for Flink, and run nothing.', helpGroup: FLINK }),
    detach: Flags.boolean({ summary: 'Start the job and leave; alerts are made when it is taken up.', helpGroup: FLINK }),
    functions: Flags.string({
      summary: 'The jar of deploy/flink-udf, for insights with own functions.',
      helpValue: 'JAR',
      helpGroup: FLINK,
    }),
    savepoint: Flags.string({ summary: 'Go on from what a stopped job knew.', helpValue: 'PATH', helpGroup: FLINK }),
    reset: Flags.boolean({ summary: 'Forget what the job remembers, and begin at --from; needs --yes.', helpGroup: JOB }),
    yes: Flags.boolean({ char: 'y', summary: 'Do it.', helpGroup: JOB }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Analyze)
    const { configuredAlerts } = await import('../cli/alert/settings.ts')
    const environment = {
      open: () => this.openBus(flags),
      stdout: process.stdout,
      logger: this.logger(flags),
      signal: this.signal,
      json: this.jsonEnabled(),
      alerts: await configuredAlerts(flags, process.env),
      env: process.env,
    }
    if (flags.engine === 'flink') {
      const { analyzeOnFlink } = await import('../cli/analyze/flink-insights.ts')
      const { resolveBus } = await import('../config/bus-url.ts')
      return analyzeOnFlink(flags, (await resolveBus(flags)).url, environment)
    }
    for (const flag of ['dry-run', 'detach', 'savepoint', 'functions'] as const) {
      if (!flags[flag]) continue
      throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} is for a job on Flink`, { suggestions: ['--engine flink --gateway URL'] })
    }
    const { runAnalyze } = await import('../cli/analyze/insights.ts')
    return runAnalyze(flags, environment)
  }
}
