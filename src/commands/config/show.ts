import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'

export default class ConfigShow extends BaseCommand {
  static override needsConfig = false
  static override summary = 'Show the settings that count, and where each comes from.'
  static override description =
    "Flags go before SHITOPS_* variables, then ./shitops.yaml, the user's file, the machine's, and the defaults. Secrets are not shown."
  static override examples = ['<%= config.bin %> <%= command.id %> --origin', '<%= config.bin %> <%= command.id %> --json']

  static override flags = {
    origin: Flags.boolean({ summary: 'Tell where each value comes from: file:line:column, variable, flag or default.' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ConfigShow)
    const { loadConfig } = await import('../../config/load.ts')
    const { formatSettings, settingsDocument } = await import('../../cli/config-view.ts')

    // oclif fills --bus from SHITOPS_BUS too, which the configuration reads itself.
    const bus = flags.bus === process.env.SHITOPS_BUS ? undefined : flags.bus
    const loaded = await loadConfig({ config: flags.config, flags: { ...flags, bus } })
    this.log(formatSettings(loaded, flags.origin))
    return settingsDocument(loaded)
  }
}
