import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { messageOf, ShitopsError } from '../../../../base/errors.ts'
import type { Advertisement } from '../../advertisement.ts'
import { Problem } from '../../decode/problem.ts'
import { isTime } from '../fields.ts'
import { jsonlSource } from '../jsonl.ts'
import { Problems } from '../problems.ts'
import { advertisementsOf, ReportAssembler } from '../reports.ts'
import type { SourceContext } from '../source.ts'
import { BtsnoopReader } from './btsnoop.ts'
import type { CapturedPacket, CaptureReader } from './capture-reader.ts'
import { PcapReader } from './pcap.ts'
import { PcapngReader } from './pcapng.ts'
import { type CaptureForm, ENOUGH_TO_TELL, recognise } from './recognise.ts'

/**
 * The advertisements of a capture, whatever its form: btsnoop, pcap, pcapng or JSON lines, gzipped or not. Read as it arrives, so a
 * program that is still capturing may write it (`btmon -w /dev/stdout | shitops scan --source -`).
 *
 * @param name what messages call it
 * @throws SHITOPS_E_FILE when it is no capture that can be read
 */
export async function* captureSource(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  context: SourceContext,
): AsyncGenerator<readonly Advertisement[]> {
  const { start, all } = await peek(chunks)
  const form = recognise(start, name)
  const problems = new Problems(name, context)
  if (form === 'gzip') yield* captureSource(gunzip(all, name), name, context)
  else if (form === 'lines') yield* jsonlSource(all, problems, context)
  else yield* packetSource(all, readerOf(form, name), problems, context)
}

function readerOf(form: Exclude<CaptureForm, 'gzip' | 'lines'>, name: string): CaptureReader {
  const Reader = { btsnoop: BtsnoopReader, pcap: PcapReader, pcapng: PcapngReader }[form]
  return new Reader(name)
}

async function* packetSource(
  chunks: AsyncIterable<Uint8Array>,
  reader: CaptureReader,
  problems: Problems,
  context: SourceContext,
): AsyncGenerator<readonly Advertisement[]> {
  const assembler = new ReportAssembler()
  for await (const chunk of chunks) {
    const batch: Advertisement[] = []
    let failure: unknown
    try {
      for (const packet of reader.push(chunk)) batch.push(...heardIn(packet, assembler, problems, context))
    } catch (error) {
      failure = error
    }
    // What came before the damage is told before the damage.
    if (batch.length > 0) yield batch
    if (failure !== undefined) throw failure
  }
  if (reader.leftOver > 0) problems.add(`ends within a packet, of which ${reader.leftOver} bytes are there`)
}

function heardIn(
  packet: CapturedPacket,
  assembler: ReportAssembler,
  problems: Problems,
  { clock, receiver }: SourceContext,
): Advertisement[] {
  const { content, timestamp } = packet
  if (content === null) return []
  if (content instanceof Problem) {
    problems.add(content.message)
    return []
  }
  const time = timestamp ?? clock.now()
  if (!isTime(time)) {
    problems.add('a packet of a time before the year 0 or after 9999')
    return []
  }
  return content.flatMap((report) => {
    const whole = assembler.take(report)
    return whole ? advertisementsOf(whole, time, receiver) : []
  })
}

/** The first bytes of a stream, and the stream from its first byte all the same. */
async function peek(chunks: AsyncIterable<Uint8Array>): Promise<{ start: Buffer; all: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  let start: Buffer = Buffer.alloc(0)
  while (start.length < ENOUGH_TO_TELL) {
    const { value, done } = await iterator.next()
    if (done) break
    start = Buffer.concat([start, value])
  }
  return { start: start.subarray(0, ENOUGH_TO_TELL), all: continued(start, iterator) }
}

async function* continued(start: Buffer, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start
    while (true) {
      const { value, done } = await iterator.next()
      if (done) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}

async function* gunzip(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Buffer> {
  const stream = createGunzip()
  const input = Readable.from(chunks)
  input.on('error', (error) => stream.destroy(error))
  try {
    yield* input.pipe(stream)
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_FILE', `${name} cannot be unpacked: ${messageOf(error)}`, { cause: error })
  } finally {
    input.destroy()
  }
}
