import type { Outlet, StreamWriter } from '../../collectors/gnmi/stream/writer.ts'
import { timeOfDay } from '../demo/view.ts'

/** A line for each thing that happens to a stream: connected, synced, stale, lost, refused. Not for its data. */
export function factLines(write: (text: string) => Promise<void>, utc: boolean): Outlet {
  let waiting = ''
  return {
    get pending() {
      return waiting.length
    },
    open: ({ target, subscription }): StreamWriter => ({
      notification: () => {},
      malformed: () => {},
      fact: ({ kind, detail }, at) => {
        const what = detail ? `  ${detail.replace(/\p{Cc}+/gu, ' ')}` : ''
        waiting += `${timeOfDay(at, utc)}  ${target.name}  ${subscription.name}  ${kind}${what}\n`
      },
    }),
    flush: async () => {
      const lines = waiting
      waiting = ''
      if (lines) await write(lines)
    },
  }
}
