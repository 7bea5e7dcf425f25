import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'
import { sourceFlags } from '../../cli/workflow/source-flags.ts'

const LEARN = 'LEARN'
const SHOW = 'SHOW'

export default class WorkflowPredict extends PrintCommand {
  static override summary = 'Remaining time, next step and breach of deadline of cases.'
  static override description = [
    'From the topic workflow_events: learns from the cases that ended and predicts those that go on: when they end (p50, p90), the probability that they miss their deadline, and what comes next. With --state what was learnt is kept in a file, and the next run goes on from there.',
    'With --train: learns a log and predicts another (--test), or the later part of the same (--holdout), after each step: a JSON line a prefix, the calibration on stderr, and as the last line the mean absolute error in days. The predictor is told no more than the steps up to the prefix.',
    'docs/workflow-predict.md says how, and how good it is.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --process purchase-to-pay --state ~/.cache/p2p.predict',
    '<%= config.bin %> <%= command.id %> --train claims.xes.gz --holdout 0.2 > predicted.ndjson',
    '<%= config.bin %> <%= command.id %> --train 2025.csv --test 2026.csv --split-prefix-min 2 --deadline 5d --explain',
  ]

  static override flags = {
    train: Flags.string({
      summary: 'Event log to learn from.',
      helpValue: 'FILE',
      helpGroup: LEARN,
      multiple: true,
      multipleNonGreedy: true,
    }),
    test: Flags.string({
      summary: 'Event log whose cases are predicted.',
      helpValue: 'FILE',
      helpGroup: LEARN,
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['train'],
      exclusive: ['live', 'state', 'publish'],
    }),
    holdout: Flags.string({
      summary: 'Without --test: the later share of the cases is predicted.',
      helpValue: 'SHARE',
      helpGroup: LEARN,
      default: '0.2',
    }),
    live: Flags.boolean({
      summary: 'With --train: learn from it, then predict the cases of the topic.',
      helpGroup: LEARN,
      dependsOn: ['train'],
    }),
    state: Flags.string({
      summary: 'Of the topic: keep what was learnt, and go on from it.',
      helpValue: 'FILE',
      helpGroup: LEARN,
    }),
    idle: Flags.string({
      summary: 'A case that nothing was heard of for so long has ended; learnt where absent.',
      helpValue: 'DURATION',
      helpGroup: LEARN,
    }),
    'utc-offset': Flags.integer({
      summary: 'Minutes that local time is ahead of UTC: where the day begins.',
      helpValue: 'MINUTES',
      helpGroup: LEARN,
      min: -840,
      max: 840,
      default: 0,
    }),
    ...sourceFlags,
    'split-prefix-min': Flags.integer({
      summary: 'With --train: predict from so many steps on.',
      helpValue: 'N',
      helpGroup: SHOW,
      default: 2,
      min: 1,
    }),
    deadline: Flags.string({
      summary: 'How long a case may take, where no event tells its deadline.',
      helpValue: 'DURATION',
      helpGroup: SHOW,
    }),
    explain: Flags.boolean({ summary: 'Add what each prediction goes by.', helpGroup: SHOW }),
    top: Flags.integer({ summary: 'Running cases to show, the most at risk first.', helpValue: 'N', helpGroup: SHOW, default: 20, min: 1 }),
    publish: Flags.boolean({ summary: 'Write likely breaches to the topic insights.', helpGroup: SHOW }),
    threshold: Flags.string({ summary: 'Probability from which a breach is likely.', helpValue: 'P', helpGroup: SHOW, default: '0.5' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(WorkflowPredict)
    const { durationFlag, shareFlag } = await import('../../cli/workflow/amount-flags.ts')
    const deadlineMs = durationFlag('deadline', flags.deadline)
    const idleMs = durationFlag('idle', flags.idle)
    const [holdout, threshold] = [shareFlag('holdout', flags.holdout), shareFlag('threshold', flags.threshold)]
    const logger = this.logger(flags)
    const common = { deadlineMs, explain: flags.explain, utcOffsetMinutes: flags['utc-offset'] }
    const context = { logger, signal: this.signal, now: Date.now() }

    if (flags.train && !flags.live) {
      const { predictLogs } = await import('../../cli/workflow/predict-logs.ts')
      const { maeText, reportText } = await import('../../cli/workflow/predict-evaluate.ts')
      const options = { ...common, least: flags['split-prefix-min'], keep: this.jsonEnabled() }
      const open = () => this.openBus(flags, { readOnly: true })
      const outcome = await predictLogs({ ...flags, train: flags.train, test: flags.test, holdout }, options, { ...context, open })
      if (!flags.quiet) process.stderr.write(`${reportText(outcome.report)}\n`)
      process.stderr.write(`${maeText(outcome.report, outcome.test_cases)}\n`)
      return outcome
    }
    const { predictTopic } = await import('../../cli/workflow/predict-topic.ts')
    const { runningText } = await import('../../cli/workflow/predict-view.ts')
    const open = () => this.openBus(flags, { readOnly: !flags.publish })
    const outcome = await predictTopic(flags, { ...common, idleMs, threshold, publish: flags.publish }, { ...context, open })
    this.print(
      runningText(outcome, flags.top, {
        utc: flags.utc,
        explain: flags.explain,
        width: process.stdout.isTTY ? process.stdout.columns : undefined,
      }),
    )
    return outcome
  }
}
