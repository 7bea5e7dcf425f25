import { BaseCommand } from '../../cli/base-command.ts'

export default class ConfigPath extends BaseCommand {
  static override needsConfig = false
  static override summary = 'Show where configuration files are looked for, and which are there.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ConfigPath)
    const { configFiles } = await import('../../config/files.ts')
    const { formatFiles } = await import('../../cli/config-view.ts')

    const files = await configFiles({ config: flags.config, cwd: process.cwd(), env: process.env })
    this.log(formatFiles(files))
    return { files: files.map(({ file, exists }) => ({ file, exists })) }
  }
}
