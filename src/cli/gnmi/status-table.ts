import { formatDuration } from '../../base/duration.ts'
import type { StatusBoard, StreamStatus } from '../../collectors/gnmi/status.ts'
import type { Rates } from './update-rates.ts'

const HEADINGS = ['TARGET', 'SUBSCRIPTION', 'STATE', 'UPDATES/S', 'UPDATES', 'LAST', 'LAG', 'WHAT']
const GAP = 2

/** What the streams do. */
export class StatusTable {
  readonly #board: StatusBoard
  readonly #rates: Rates

  constructor(board: StatusBoard, rates: Rates) {
    this.#board = board
    this.#rates = rates
  }

  /**
   * A line for each stream, those in trouble first, as many as there is room for, and a last line for all.
   * @param now ms since the epoch
   */
  lines(now: number, { columns, rows }: { columns: number; rows: number }): string[] {
    const streams = [...this.#board.streams()].sort((a, b) => Number(a.synced) - Number(b.synced) || (a.target < b.target ? -1 : 1))
    const shown = streams.slice(0, Math.max(1, rows - 2))
    const table = [HEADINGS, ...shown.map((stream) => cells(stream, this.#rates.get(stream) ?? 0, now))]
    const widths = HEADINGS.map((_, i) => Math.max(...table.map((line) => line[i]?.length ?? 0)))
    return [
      ...table.map((line) => line.map((cell, i) => cell.padEnd((widths[i] ?? 0) + GAP)).join('')),
      summaryLine(this.#board, this.#rates, streams.length - shown.length),
    ].map((line) => line.trimEnd().slice(0, Math.max(1, columns - 1)))
  }
}

/** All streams in one line. @param hidden streams that had no room */
export function summaryLine(board: StatusBoard, rates: Rates, hidden = 0): string {
  const streams = [...board.streams()]
  const up = new Set(streams.filter(({ connected }) => connected).map(({ target }) => target)).size
  const targets = new Set(streams.map(({ target }) => target)).size
  const rate = [...rates.values()].reduce((sum, one) => sum + one, 0)
  const lag = Math.max(0, ...streams.filter(({ connected }) => connected).map((stream) => stream.lag))
  const duplicates = streams.reduce((sum, stream) => sum + stream.duplicates, 0)
  const malformed = streams.reduce((sum, stream) => sum + stream.malformed, 0)
  const errors = new Map<string, number>()
  for (const stream of streams) for (const [kind, count] of stream.errors) errors.set(kind, (errors.get(kind) ?? 0) + count)
  const failures = [...errors].map(([kind, count]) => `${kind} ${count}`).join(', ')
  return [
    `targets ${up} of ${targets} up`,
    `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} updates/s`,
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
    ...[target, subscription, state, rate < 10 ? rate.toFixed(1) : String(Math.round(rate)), String(updates), silent],
    ...[connected && lag > 0 ? formatDuration(lag) : '-', state === 'down' ? printable(detail) : ''],
  ]
}

/** Text of a target is not to move the cursor. */
const printable = (text: string) => text.replace(/\p{Cc}+/gu, ' ')
