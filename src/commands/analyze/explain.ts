import { Args, Flags } from '@oclif/core'
import { ShitopsError } from '../../base/errors.ts'
import { BaseCommand } from '../../cli/base-command.ts'

export default class AnalyzeExplain extends BaseCommand {
  static override summary = 'Show the plan of a query: its steps, state and watermarks.'
  static override description = 'Nothing is run. What a stream cannot do is refused here as analyze sql refuses it.'
  static override examples = [
    `<%= config.bin %> <%= command.id %> "SELECT target, MAX(event_time) AS seen FROM device_metrics GROUP BY target"`,
    '<%= config.bin %> <%= command.id %> --file close.sql --js',
  ]

  static override args = { text: Args.string({ name: 'SQL', description: 'the script; or give --file' }) }

  static override flags = {
    file: Flags.string({ char: 'f', summary: 'A file with the script; - is stdin.', helpValue: 'Q.sql' }),
    js: Flags.boolean({ summary: 'Show the JavaScript that was made for each step, too.' }),
  }

  async run(): Promise<{ queries: Array<{ sink: string | null; plan: string; js?: string }> }> {
    const { args, flags } = await this.parse(AnalyzeExplain)
    if ((args.text === undefined) === (flags.file === undefined)) {
      throw new ShitopsError('SHITOPS_E_USAGE', 'give the script as an argument, or by --file', {
        suggestions: [`${this.config.bin} analyze explain "SELECT …"`],
      })
    }
    const { readSqlText } = await import('../../cli/analyze/sql-text.ts')
    const { explainSql } = await import('../../cli/analyze/explain.ts')
    const queries = await explainSql(args.text ?? (await readSqlText(flags.file as string)), flags.js)
    for (const { plan, js } of queries) this.log(js === undefined ? plan : `${plan}\n${js}`)
    return { queries }
  }
}
