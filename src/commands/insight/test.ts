import { Args } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class InsightTest extends PrintCommand {
  static override summary = 'Run unit tests of insights: streams in, rows and alerts out.'
  static override description = `\
A test file is YAML, after promtool's: the input of each topic as series or records, and which rows and alerts are expected at which times \
(docs/insights.md, "Tests"). Without FILE the tests of the built-in insights run. Exit 3 when a test fails.`
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> close_is_late.yaml --json']
  static override args = { files: Args.string({ name: 'FILE', description: 'test files', multiple: true, multipleNonGreedy: true }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(InsightTest)
    const { runTestFile } = await import('../../alerts/testing/run-files.ts')
    const { countTests, formatTests } = await import('../../cli/insight/test-view.ts')
    const { builtInTests } = await import('../../insights/library.ts')

    const files = await Promise.all((args.files ?? (await builtInTests())).map((file) => runTestFile(file)))
    this.print(formatTests(files, flags.quiet))
    const counts = countTests(files)
    if (counts.failed > 0) process.exitCode = 3
    return { ...counts, files }
  }
}
