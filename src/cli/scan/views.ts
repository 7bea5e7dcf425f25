import type { Logger } from '../../base/log.ts'
import type { Sink } from '../../collectors/collector.ts'
import { besideDrawing } from '../redrawn.ts'
import { writeOut } from '../stdio.ts'
import { LineView } from './line-view.ts'
import { LiveTable } from './live-table.ts'
import { printingSink, viewSink } from './sinks.ts'
import type { Screen } from './view.ts'

/** What standard output shows of a scan. */
export interface Output {
  sinks: Sink[]
  /** The same logger, whose lines do not run into what is drawn. */
  beside(logger: Logger): Logger
  end(): Promise<void>
}

/**
 * Records as JSON, a table redrawn in place on a terminal, lines anywhere else, or nothing.
 * @param signal when it aborts, a line about that is about to be written to the terminal
 */
export function output(
  kind: 'table' | 'ndjson' | 'none',
  stdout: { isTTY?: boolean; columns?: number; rows?: number },
  { utc, signal }: { utc: boolean; signal: AbortSignal },
): Output {
  if (kind !== 'table') return { sinks: kind === 'ndjson' ? [printingSink()] : [], beside: (logger) => logger, end: async () => {} }
  const screen: Screen = {
    write: writeOut,
    utc,
    // A pseudo-terminal without a size says 0.
    get columns() {
      return stdout.columns || 80
    },
    get rows() {
      return stdout.rows || 24
    },
  }
  const view = stdout.isTTY ? new LiveTable(screen) : new LineView(screen)
  signal.addEventListener('abort', () => view.makeRoom(), { once: true })
  return { sinks: [viewSink(view)], beside: (logger) => besideDrawing(logger, view), end: () => view.end() }
}

/** The counters as one line. */
export function counted(counters: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counters).map(([name, count]) => `${name} ${count}`)
  return parts.length > 0 ? parts.join(', ') : 'nothing was heard'
}
