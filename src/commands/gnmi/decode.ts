import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'

export default class GnmiDecode extends BaseCommand {
  static override summary = 'Print gNMI SubscribeResponses as events: stdin to JSON lines.'
  static override description = [
    "stdin has SubscribeResponses in protobuf's JSON mapping, as gnmic prints them with --format protojson: an array, or one after another. Field names are camelCase or snake_case.",
    `Each update and each deleted path gives one line: {"name": SUBSCRIPTION, "timestamp": NANOSECONDS, "tags": {…}, "values": {PATH: VALUE}} or "deletes": [PATH], in gnmic's event format; but the timestamp and integers of more than 2^53 are text, so that no digit is lost, and deletes come before updates.`,
    'What cannot be read gives {"line": N, "error": {"code": …, "message": …}}, and the run goes on.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> < responses.json',
    '<%= config.bin %> <%= command.id %> --subscription counters --source access-1 < responses.json',
  ]

  static override flags = {
    subscription: Flags.string({
      summary: 'Name of the events, and their tag subscription-name; "default" without it.',
      helpValue: 'NAME',
    }),
    source: Flags.string({ summary: 'Where they come from: the tag source.', helpValue: 'NAME' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(GnmiDecode)
    const { EventLines } = await import('../../collectors/gnmi/event/event-lines.ts')
    const { decodeItems } = await import('../../collectors/gnmi/event/protojson/decode-items.ts')
    const { stdinChunks, writeOut } = await import('../../cli/stdio.ts')

    const { subscription, source } = flags
    const tags = { ...(source && { source }), ...(subscription && { 'subscription-name': subscription }) }
    const texts = decodeItems(stdinChunks(this.signal), new EventLines({ subscription, tags }))
    if (!this.jsonEnabled()) {
      for await (const text of texts) await writeOut(text)
      return
    }
    // One document, made of the lines as they are: parsing them here would round their numbers.
    let separator = '{"events":['
    for await (const text of texts) {
      await writeOut(separator + text.slice(0, -1).replaceAll('\n', ',\n'))
      separator = ',\n'
    }
    await writeOut(separator === ',\n' ? ']}\n' : '{"events":[]}\n')
  }
}
