import type { HciReport } from '../../decode/hci-report.ts'
import type { Problem } from '../../decode/problem.ts'

/** What one captured packet holds: advertising reports, nothing of ours (null), or bytes that are broken. */
export type PacketContent = HciReport[] | Problem | null

/** Tells what a packet's bytes hold, for one kind of link. */
export type LinkDecoder = (packet: Buffer) => PacketContent

/** A packet of a capture file. */
export interface CapturedPacket {
  /** ms since the epoch; null where the file does not say */
  timestamp: number | null
  content: PacketContent
}

/** Reads one form of capture file, a chunk at a time. */
export interface CaptureReader {
  /**
   * The packets that are whole by now, in the order of the file.
   * @throws SHITOPS_E_FILE when it cannot be read at all: a version or link type that is not known, a length that makes no sense
   */
  push(chunk: Uint8Array): Iterable<CapturedPacket>
  /** Bytes at the end of the file that are no whole packet. */
  readonly leftOver: number
}
