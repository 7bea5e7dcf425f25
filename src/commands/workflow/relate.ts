import { Flags } from '@oclif/core'
import { plural } from '../../base/plural.ts'
import { listFlags } from '../../cli/list-flags.ts'
import { PrintCommand } from '../../cli/print-command.ts'

export default class WorkflowRelate extends PrintCommand {
  static override summary = 'How calls of a team go with the cases it brings forward.'
  static override description = `\
Per team and hour: time in calls and audio intensity (audio_metrics) against the cases that the team did a step on (workflow_events), at once and \
some hours later. A partial rank correlation: hour of day, weekday and the number of people present are taken out. The interval is of 95 % for all \
lags together. It is association, not cause.

Only of teams, and only of hours in which at least --k persons of it were heard (docs/privacy.md).`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --from @7d',
    '<%= config.bin %> <%= command.id %> --from @4w --max-lag 8 --zone Europe/Berlin --json',
  ]
  static override flags = {
    from: Flags.string({ summary: 'Where to begin, as in tail.', helpValue: 'POSITION' }),
    to: Flags.string({ summary: 'Where to stop, not included.', helpValue: 'POSITION' }),
    k: Flags.integer({ summary: 'Fewer persons than these are not told of.', helpValue: 'N', default: 5, min: 2 }),
    'max-lag': Flags.integer({ summary: 'Hours by which cases may follow calls.', helpValue: 'N', default: 4, min: 0, max: 48 }),
    zone: Flags.string({ summary: 'Zone of hour and weekday.', helpValue: 'ZONE', default: 'UTC' }),
    ...listFlags,
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(WorkflowRelate)
    const { formatList } = await import('../../cli/list-output.ts')
    const { RELATION_COLUMNS, relateTeams } = await import('../../cli/workflow/relate.ts')
    const logger = this.logger(flags)
    const context = { open: () => this.openBus(flags, { readOnly: true }), logger, signal: this.signal, now: Date.now() }
    const { from, to, k, zone } = flags
    const found = await relateTeams({ from, to, k, zone, maxLag: flags['max-lag'] }, context)
    this.print(formatList(found.relations, RELATION_COLUMNS, flags, found, process.stdout))
    const { withheld_teams, short_teams } = found
    if (withheld_teams > 0)
      logger.info(`${plural(withheld_teams, 'team is', 'teams are')} withheld: never were ${k} of their people heard in one hour.`)
    if (short_teams.length > 0) logger.info(`Too few hours to tell: ${short_teams.join(', ')}.`)
    if (found.relations.length > 0) logger.warn(found.warning)
    return found
  }
}
