import { createWriteStream, existsSync, statSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RATE, RECORD_BYTES, recordMaker, START } from './query-records.ts'

/** Files that the query benches read: made once a machine, told by their names. */
export interface QueryFiles {
  events: string
  alarms: string
  records: number
}

const ALARMS = 5_000
const PIECE = 50_000

/** Device metrics as NDJSON, and 5,000 alarms spread over the same time. */
export async function queryFiles(records: number): Promise<QueryFiles> {
  const events = join(tmpdir(), `shitops-bench-events-${records}.ndjson`)
  const alarms = join(tmpdir(), `shitops-bench-alarms-${records}.ndjson`)
  if (!existsSync(events) || statSync(events).size !== records * RECORD_BYTES) await writeEvents(events, records)
  await writeFile(alarms, Array.from({ length: ALARMS }, (_, i) => alarm(i, records)).join(''))
  return { events, alarms, records }
}

async function writeEvents(path: string, records: number): Promise<void> {
  // Under another name until it is whole: two benches may run at once.
  const part = `${path}.${process.pid}`
  const file = createWriteStream(part)
  const make = recordMaker()
  for (let i = 0; i < records; ) {
    let text = ''
    for (const stop = Math.min(records, i + PIECE); i < stop; i++) text += `${make(i)}\n`
    await new Promise<void>((resolve, reject) => file.write(text, (error) => (error ? reject(error) : resolve())))
  }
  await new Promise<void>((resolve) => file.end(resolve))
  await rename(part, path)
}

function alarm(i: number, records: number): string {
  const time = new Date(START + Math.floor((i * records * 1_000) / RATE / ALARMS)).toISOString()
  const target = `access-${String((i * 7) % 2_000).padStart(4, '0')}`
  return `${JSON.stringify({ raised_at: time, target, alarm: `link-${i}`, severity: 1 + (i % 4) })}\n`
}
