import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'
import type { ResponseLines } from '../../collectors/gnmi/event/protojson/decode-items.ts'

export default class GnmiDecode extends BaseCommand {
  static override summary = 'Print gNMI SubscribeResponses as events or metrics: stdin to JSON lines.'
  static override description = [
    "stdin has SubscribeResponses in protobuf's JSON mapping, as gnmic prints them with --format protojson: an array, or one after another. Field names are camelCase or snake_case.",
    `Each update and each deleted path gives one line: {"name": SUBSCRIPTION, "timestamp": NANOSECONDS, "tags": {…}, "values": {PATH: VALUE}} or "deletes": [PATH], in gnmic's event format; but the timestamp and integers of more than 2^53 are text, so that no digit is lost, and deletes come before updates.`,
    'With --metrics each line is a normalised sample, as device_metrics has them: {"timestamp": NANOSECONDS, "metric": …, "instance": …, "value": …, "unit": …}; stdin is then taken for what one device sent. --mapping adds rules of your own (docs/gnmi-metrics.md).',
    'What cannot be read gives {"line": N, "error": {"code": …, "message": …}}, and the run goes on.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> < responses.json',
    '<%= config.bin %> <%= command.id %> --subscription counters --source access-1 < responses.json',
    '<%= config.bin %> <%= command.id %> --metrics --mapping fans.yaml < responses.json',
  ]

  static override flags = {
    subscription: Flags.string({
      summary: 'Name of the events, and their tag subscription-name; "default" without it.',
      helpValue: 'NAME',
    }),
    source: Flags.string({ summary: 'Where they come from: the tag source.', helpValue: 'NAME' }),
    metrics: Flags.boolean({ summary: 'Print normalised samples instead of events.', exclusive: ['subscription', 'source'] }),
    mapping: Flags.string({
      summary: 'A file that maps paths to metrics, before the built-in ones; may be given more than once.',
      helpValue: 'FILE',
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['metrics'],
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(GnmiDecode)
    const { decodeItems } = await import('../../collectors/gnmi/event/protojson/decode-items.ts')
    const { stdinChunks, writeOut } = await import('../../cli/stdio.ts')

    const lines = flags.metrics ? await sampleLines(flags.mapping) : await eventLines(flags)
    const texts = decodeItems(stdinChunks(this.signal), lines)
    if (!this.jsonEnabled()) {
      for await (const text of texts) await writeOut(text)
      return
    }
    // One document, made of the lines as they are: parsing them here would round their numbers.
    const opening = `{"${flags.metrics ? 'samples' : 'events'}":[`
    let separator = opening
    for await (const text of texts) {
      await writeOut(separator + text.slice(0, -1).replaceAll('\n', ',\n'))
      separator = ',\n'
    }
    await writeOut(separator === ',\n' ? ']}\n' : `${opening}]}\n`)
  }
}

async function sampleLines(files: readonly string[] = []): Promise<ResponseLines> {
  const { loadMappings } = await import('../../collectors/gnmi/normalise/built-in-mappings.ts')
  const { SampleLines } = await import('../../collectors/gnmi/normalise/sample-lines.ts')
  return new SampleLines(await loadMappings(files))
}

async function eventLines({
  subscription,
  source,
}: {
  subscription?: string | undefined
  source?: string | undefined
}): Promise<ResponseLines> {
  const { EventLines } = await import('../../collectors/gnmi/event/event-lines.ts')
  const tags = { ...(source && { source }), ...(subscription && { 'subscription-name': subscription }) }
  return new EventLines({ subscription, tags })
}
