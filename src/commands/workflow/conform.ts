import { Flags } from '@oclif/core'
import { plural } from '../../base/plural.ts'
import { listFlags } from '../../cli/list-flags.ts'
import { PrintCommand } from '../../cli/print-command.ts'
import { fileArgs, sourceFlags } from '../../cli/workflow/source-flags.ts'

const CHECK = 'CHECK'
const PUBLISH = 'PUBLISH'

export default class WorkflowConform extends PrintCommand {
  static override summary = 'Check workflow events against rules and usual durations.'
  static override description = `\
Rules are YAML or JSON: four_eyes, segregation_of_duties, approval_limit, response, precedence, absence, exactly_once, deadline \
(docs/workflow-conform.md). A temporal profile says what is usual: --learn writes one, --profile checks against it. Exit 3 when something is broken.

With --publish the topic workflow_events is followed until Ctrl-C, and each violation becomes a record of insights, once, whatever happens between.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --rules rules.yaml claims.xes.gz',
    '<%= config.bin %> <%= command.id %> --learn usual.json --to @1d',
    '<%= config.bin %> <%= command.id %> --rules rules.yaml --profile usual.json --publish',
  ]
  static override args = fileArgs

  static override flags = {
    ...sourceFlags,
    rules: Flags.string({ char: 'r', summary: 'Rules, YAML or JSON.', helpValue: 'FILE', helpGroup: CHECK }),
    profile: Flags.string({ summary: 'Usual durations, as --learn writes them.', helpValue: 'FILE', helpGroup: CHECK }),
    learn: Flags.string({
      summary: 'Learn the usual durations from these events into this file.',
      helpValue: 'FILE',
      helpGroup: CHECK,
      exclusive: ['rules', 'profile', 'publish'],
    }),
    z: Flags.string({
      summary: 'Robust deviations from the usual that are told.',
      helpValue: 'N',
      helpGroup: CHECK,
      default: '5',
    }),
    least: Flags.integer({
      summary: 'With --learn: leave out pairs of activities that were seen less often.',
      helpValue: 'N',
      helpGroup: CHECK,
      default: 30,
      min: 2,
    }),
    ended: Flags.boolean({
      summary: 'Judge cases that are open at the end as ended; the default for files.',
      helpGroup: CHECK,
      allowNo: true,
    }),
    publish: Flags.boolean({ summary: 'Follow the topic; violations become insights.', helpGroup: PUBLISH }),
    group: Flags.string({
      summary: 'Remembers how far was read.',
      helpValue: 'NAME',
      helpGroup: PUBLISH,
      default: 'workflow-conform',
    }),
    slack: Flags.string({
      summary: 'How long an event may be on its way before a deadline counts as missed.',
      helpValue: 'DURATION',
      helpGroup: PUBLISH,
      default: '1m',
    }),
    ...listFlags,
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(WorkflowConform)
    const files = args.files ?? []
    const logger = this.logger(flags)
    const context = { open: () => this.openBus(flags, { readOnly: true }), logger, signal: this.signal, now: Date.now() }
    const { conform, learnProfile, openChecker } = await import('../../cli/workflow/conform.ts')
    const { durationFlag, positiveFlag } = await import('../../cli/workflow/amount-flags.ts')

    if (flags.learn !== undefined) {
      const { pairs, cases } = await learnProfile(flags.learn, files, flags, flags.least, context)
      logger.info(
        `${plural(pairs.length, 'pair')} of activities over ${plural(cases, 'case')} ${pairs.length === 1 ? 'is' : 'are'} in ${flags.learn}.`,
      )
      return { file: flags.learn, pairs: pairs.length, cases }
    }
    const checker = await openChecker({ ...flags, z: positiveFlag('z', flags.z) })
    if (flags.publish) {
      const { publishConformance } = await import('../../cli/workflow/conform-publish.ts')
      const settings = { ...flags, files, slackMs: durationFlag('slack', flags.slack) }
      return publishConformance(checker, settings, { ...context, open: () => this.openBus(flags), print: (line) => this.print(line) })
    }

    const { formatList } = await import('../../cli/list-output.ts')
    const { RULE_COLUMNS, VIOLATION_COLUMNS } = await import('../../cli/workflow/conform-view.ts')
    const found = await conform(checker, files, flags, flags.ended ?? files.length > 0, context)
    this.print(formatList(found.violations, VIOLATION_COLUMNS, flags, found, process.stdout))
    if (flags.output === 'table' && found.by_rule.length > 0)
      this.print(`\n${formatList(found.by_rule, RULE_COLUMNS, flags, found, process.stdout)}`)
    const { cases, crowdedOut } = found.totals
    logger.info(`${plural(found.violations.length, 'violation')} in ${plural(cases, 'case')}, ${plural(found.counts.events, 'event')}.`)
    if (crowdedOut > 0)
      logger.warn(`${plural(crowdedOut, 'case was', 'cases were')} forgotten to make room; what they waited for was not judged`)
    if (found.violations.length > 0) process.exitCode = 3
    return found
  }
}
