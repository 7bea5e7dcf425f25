import { Command, loadHelpClass } from '@oclif/core'

export default class Help extends Command {
  static override summary = 'Show the help of shitops or of a command.'
  static override usage = 'help [COMMAND...]'
  static override examples = ['<%= config.bin %> <%= command.id %> topic list']
  /** The words of a command are the arguments. */
  static override strict = false

  async run(): Promise<void> {
    const { argv } = await this.parse(Help)
    const id = argv.join(':')
    if (id !== '' && !this.config.findCommand(id) && !this.config.findTopic(id)) {
      await this.config.runHook('command_not_found', { id, argv: [] })
      return
    }
    const HelpClass = await loadHelpClass(this.config)
    await new HelpClass(this.config, this.config.pjson.oclif.helpOptions).showHelp(argv as string[])
  }
}
