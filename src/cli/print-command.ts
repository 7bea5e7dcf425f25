import { BaseCommand } from './base-command.ts'

/** A command that prints text which it has made itself, line breaks included. */
export abstract class PrintCommand extends BaseCommand {
  /** To standard output, unless `--json` prints the result instead. */
  protected print(text: string): void {
    if (!this.jsonEnabled()) process.stdout.write(text)
  }
}
