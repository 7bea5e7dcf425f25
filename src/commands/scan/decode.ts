import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'

export default class ScanDecode extends BaseCommand {
  static override summary = "Decode Apple's Bluetooth LE frames: stdin to JSON lines."
  static override description = [
    'A line of stdin is hex, or JSON {"hex": …, "format": …}. Formats: manufacturerData (4c 00 …), payloadWithoutCompanyId, advData (a whole payload), h4 (an HCI packet), statusByte, aap, ah (with "irk"). Without one, the bytes tell which of the first four it is.',
    'It gives {"line": N, "frames": […]}, one frame a TLV, or {"line": N, "error": {"code": …, "message": …}}, and the run goes on. Addresses, tags, hashes, handoff IVs and account ids are never printed.',
    'With --enrolment, frames from the address of an enrolled headset ("address" in JSON, or in the HCI packet) carry its alias and, with its ENC key, exact batteries.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> < frames.txt',
    '<%= config.bin %> <%= command.id %> --enrolment enrolment.yaml < frames.jsonl',
  ]

  static override flags = {
    enrolment: Flags.string({ summary: 'Recognise the headsets of this file (shitops scan enrol).', helpValue: 'FILE' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ScanDecode)
    const { describeLines } = await import('../../collectors/ble/decode/lines/describe-lines.ts')
    const { stdinChunks, writeOut } = await import('../../cli/stdio.ts')

    const recognise = flags.enrolment === undefined ? undefined : await this.#recognise(flags.enrolment)
    const lines: unknown[] = []
    for await (const described of describeLines(stdinChunks(this.signal, 'frames, one a line,'), recognise)) {
      if (this.jsonEnabled()) lines.push(...described)
      else await writeOut(described.map((line) => `${JSON.stringify(line)}\n`).join(''))
    }
    return { lines }
  }

  async #recognise(file: string) {
    const { readEnrolment } = await import('../../collectors/ble/keys/enrolment-file.ts')
    const { EnrolledHeadsets } = await import('../../collectors/ble/keys/enrolled-headsets.ts')
    const { recogniseWith } = await import('../../collectors/ble/decode/lines/recognise.ts')
    const { systemClock } = await import('../../base/clock.ts')
    return recogniseWith(new EnrolledHeadsets(await readEnrolment(file), process.env), systemClock.now)
  }
}
