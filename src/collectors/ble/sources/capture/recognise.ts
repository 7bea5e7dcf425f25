import { ShitopsError } from '../../../../base/errors.ts'
import { BTSNOOP_MAGIC } from './btsnoop.ts'
import { PCAP_MAGIC } from './pcap.ts'

export type CaptureForm = 'btsnoop' | 'pcap' | 'pcapng' | 'gzip' | 'lines'

/** Bytes that tell any form apart. */
export const ENOUGH_TO_TELL = 8

const PCAPNG_MAGIC = 0x0a0d0d0a
const GZIP_MAGIC = 0x1f8b

/**
 * What a capture is, by how it begins: names and endings do not count.
 * @param start the first {@link ENOUGH_TO_TELL} bytes, or all there are
 * @throws SHITOPS_E_FILE when it is none that can be read
 */
export function recognise(start: Buffer, name: string): CaptureForm {
  if (start.subarray(0, BTSNOOP_MAGIC.length).equals(BTSNOOP_MAGIC)) return 'btsnoop'
  if (start.length >= 4 && start.readUInt32BE() === PCAPNG_MAGIC) return 'pcapng'
  if (start.length >= 4 && PCAP_MAGIC[start.readUInt32BE()]) return 'pcap'
  if (start.length >= 2 && start.readUInt16BE() === GZIP_MAGIC) return 'gzip'
  // JSON, or a frame in hex; a byte-order mark and blank lines may come first.
  if (/^(?:\uFEFF|\s)*(?:$|[{\da-f])/i.test(start.toString('utf8'))) return 'lines'
  throw new ShitopsError('SHITOPS_E_FILE', `${name} is no capture of a known form: btsnoop, pcap, pcapng, or one JSON object a line`, {
    suggestions: ['btmon -w scan.btsnoop (records one on Linux)', 'shitops scan --record scan.jsonl (records one anywhere)'],
  })
}
