import { BaseCommand } from '../cli/base-command.ts'

export default class Doctor extends BaseCommand {
  static override summary = 'Check this machine: Node, the bus, the radio, the configuration.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<void> {
    await this.parse(Doctor)
  }
}
