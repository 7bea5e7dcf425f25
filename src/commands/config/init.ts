import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'

export default class ConfigInit extends BaseCommand {
  static override needsConfig = false
  static override summary = 'Write a configuration file with every setting, commented out and explained.'
  static override description = 'A file that is there already is left alone without --yes.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> ./shitops.yaml --yes',
    '<%= config.bin %> <%= command.id %> --user',
  ]

  static override args = {
    file: Args.string({ description: 'Where to write it; default ./shitops.yaml.' }),
  }

  static override flags = {
    user: Flags.boolean({ summary: "Write the user's file ($XDG_CONFIG_HOME/shitops/config.yaml)." }),
    yes: Flags.boolean({ char: 'y', summary: 'Write over a file that is there.' }),
    'dry-run': Flags.boolean({ summary: 'Print the file instead of writing it.' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ConfigInit)
    const { CONFIG_NAME, userConfigFile } = await import('../../config/files.ts')
    const { initConfig } = await import('../../config/init.ts')

    const file = args.file ?? (flags.user ? userConfigFile(process.env) : CONFIG_NAME)
    const result = await initConfig(file, { overwrite: flags.yes, dryRun: flags['dry-run'] })
    this.log(result.written ? `${file} written. Next: edit it, then shitops config validate` : result.text.trimEnd())
    return result
  }
}
