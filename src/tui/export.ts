import { writeFile } from 'node:fs/promises'
import type { Item, ViewName } from './views/view.ts'

/** One JSON object a line, as `shitops tail --output ndjson` prints a record. */
export function exportLines(items: readonly Item[]): string {
  return items
    .map(
      ({ topic, partition, offset, timestamp, recordKey, value }) =>
        `${JSON.stringify({ topic, partition, offset, timestamp, key: recordKey, headers: {}, value })}\n`,
    )
    .join('')
}

/** `shitops-alerts-20260331T140500Z.ndjson` */
export const exportName = (view: ViewName, now: number): string =>
  `shitops-${view}-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.ndjson`

/** Never over a file that is there: what was exported before may be all that is left of it. */
export async function exportItems(path: string, items: readonly Item[]): Promise<void> {
  await writeFile(path, exportLines(items), { flag: 'wx' })
}

/** Puts a text on the clipboard of whoever sits at the terminal, through ssh too, where the terminal allows it (OSC 52). */
export const clipboard = (text: string): string => `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`
