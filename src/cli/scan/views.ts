import type { Sink } from '../../collectors/collector.ts'
import { writeOut } from '../stdio.ts'
import { LineView } from './line-view.ts'
import { LiveTable } from './live-table.ts'
import { printingSink, viewSink } from './sinks.ts'

/** What standard output shows: records as JSON, a table redrawn in place on a terminal, lines anywhere else, or nothing. */
export function output(
  kind: 'table' | 'ndjson' | 'none',
  stdout: { isTTY?: boolean; columns?: number; rows?: number },
  utc: boolean,
): { sinks: Sink[]; end(): Promise<void> } {
  if (kind === 'none') return { sinks: [], end: async () => {} }
  if (kind === 'ndjson') return { sinks: [printingSink()], end: async () => {} }
  // A pseudo-terminal without a size says 0.
  const screen = { write: writeOut, columns: stdout.columns || 80, rows: stdout.rows || 24, utc }
  const view = stdout.isTTY ? new LiveTable(screen) : new LineView(screen)
  return { sinks: [viewSink(view)], end: () => view.end() }
}

/** The counters as one line. */
export function counted(counters: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counters).map(([name, count]) => `${name} ${count}`)
  return parts.length > 0 ? parts.join(', ') : 'nothing was heard'
}
