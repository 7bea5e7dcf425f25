import { Args } from '@oclif/core'
import { EXIT } from '../../base/errors.ts'
import { BaseCommand } from '../../cli/base-command.ts'

export default class ConfigValidate extends BaseCommand {
  static override needsConfig = false
  static override summary = 'Check the configuration, or one file, and say everything that is wrong with it.'
  static override description = `Without FILE: all files that count, the environment, and what they come to. With FILE: that file alone.
Exits 78 when something is wrong.`
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> ./shitops.yaml --json']

  static override args = {
    file: Args.string({ description: 'Check this file alone, wherever it is.' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ConfigValidate)
    const { validateConfig, validateFile } = await import('../../config/validate.ts')
    const { formatValidation, validationDocument } = await import('../../cli/config-view.ts')

    const loaded = await (args.file === undefined ? validateConfig({ config: flags.config }) : validateFile(args.file))
    if (loaded.problems.length > 0) process.exitCode = EXIT.config
    this.log(formatValidation(loaded))
    return validationDocument(loaded)
  }
}
