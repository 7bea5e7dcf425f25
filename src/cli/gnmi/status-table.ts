import { formatDuration } from '../../base/duration.ts'
import type { StatusBoard, StreamStatus } from '../../collectors/gnmi/status.ts'

const HEADINGS = ['TARGET', 'SUBSCRIPTION', 'STATE', 'UPDATES/S', 'UPDATES', 'LAST', 'LAG', 'WHAT']
const GAP = 2

/** What the streams do, over time: the rates need two looks. */
export class StatusTable {
  readonly #board: StatusBoard
  readonly #before = new Map<StreamStatus, number>()
  #at = 0

  constructor(board: StatusBoard) {
    this.#board = board
  }

  /**
   * A line for each stream, those in trouble first, as many as there is room for, and a last line for all.
   * @param now ms since the epoch
   */
  lines(now: number, { columns, rows }: { columns: number; rows: number }): string[] {
    const seconds = Math.max((now - this.#at) / 1000, 0.001)
    const streams = [...this.#board.streams()].sort((a, b) => Number(a.synced) - Number(b.synced) || (a.target < b.target ? -1 : 1))
    const rates = new Map(streams.map((stream) => [stream, (stream.updates - (this.#before.get(stream) ?? 0)) / seconds]))
    for (const stream of streams) this.#before.set(stream, stream.updates)
    this.#at = now
    const shown = streams.slice(0, Math.max(1, rows - 2))
    const table = [HEADINGS, ...shown.map((stream) => cells(stream, rates.get(stream) ?? 0, now))]
    const widths = HEADINGS.map((_, i) => Math.max(...table.map((line) => line[i]?.length ?? 0)))
    const total = [...rates.values()].reduce((sum, rate) => sum + rate, 0)
    return [
      ...table.map((line) => line.map((cell, i) => cell.padEnd((widths[i] ?? 0) + GAP)).join('')),
      summaryLine(streams, total, streams.length - shown.length),
    ].map((line) => line.trimEnd().slice(0, Math.max(1, columns - 1)))
  }
}

/** All streams in one line. @param rate updates a second @param hidden streams that had no room */
export function summaryLine(streams: readonly StreamStatus[], rate: number, hidden = 0): string {
  const up = new Set(streams.filter(({ connected }) => connected).map(({ target }) => target)).size
  const targets = new Set(streams.map(({ target }) => target)).size
  const lag = Math.max(0, ...streams.filter(({ connected }) => connected).map((stream) => stream.lag))
  const duplicates = streams.reduce((sum, stream) => sum + stream.duplicates, 0)
  const malformed = streams.reduce((sum, stream) => sum + stream.malformed, 0)
  const errors = new Map<string, number>()
  for (const stream of streams) for (const [kind, count] of stream.errors) errors.set(kind, (errors.get(kind) ?? 0) + count)
  const failures = [...errors].map(([kind, count]) => `${kind} ${count}`).join(', ')
  return [
    `targets ${up} of ${targets} up`,
    `${Math.round(rate)} updates/s`,
    `lag ${formatDuration(lag)}`,
    'drops 0',
    ...(duplicates > 0 ? [`merged by targets ${duplicates}`] : []),
    ...(malformed > 0 ? [`malformed ${malformed}`] : []),
    ...(failures ? [`failures: ${failures}`] : []),
    ...(hidden > 0 ? [`${hidden} more streams`] : []),
  ].join(' · ')
}

function cells(stream: StreamStatus, rate: number, now: number): string[] {
  const { target, subscription, connected, synced, updates, lastMessage, lag, detail } = stream
  const state = synced ? 'synced' : connected ? 'connected' : 'down'
  const silent = lastMessage === 0 ? '-' : `${formatDuration(Math.max(0, now - lastMessage))} ago`
  return [
    ...[target, subscription, state, String(Math.round(rate)), String(updates), silent],
    ...[connected && lag > 0 ? formatDuration(lag) : '-', state === 'down' ? printable(detail) : ''],
  ]
}

/** Text of a target is not to move the cursor. */
const printable = (text: string) => text.replace(/\p{Cc}+/gu, ' ')
