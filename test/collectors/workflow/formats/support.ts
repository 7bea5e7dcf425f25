import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type LogEvent,
  type Note,
  type Problem,
  type ReadOptions,
  readLogBatches,
} from '../../../../src/collectors/workflow/formats/index.ts'

export interface Reading {
  events: LogEvent['event'][]
  lines: Array<number | null>
  problems: Problem[]
  notes: Note[]
  /** `role=name` in the order in which they were told. */
  mapping: string[]
}

/** Everything that the reader says about a file. */
export async function readFileLog(path: string, options: ReadOptions = {}): Promise<Reading> {
  const reading: Reading = { events: [], lines: [], problems: [], notes: [], mapping: [] }
  const told: ReadOptions = {
    onProblem: (problem) => reading.problems.push(problem),
    onNote: (note) => reading.notes.push(note),
    onMapping: (role, name) => reading.mapping.push(`${role}=${name}`),
  }
  for await (const batch of readLogBatches(path, { ...told, ...options })) {
    for (const { event, place } of batch) {
      reading.events.push(event)
      reading.lines.push(place.line)
    }
  }
  return reading
}

/** As {@link readFileLog}, of a file made for it. */
export async function readText(name: string, content: string | Uint8Array, options: ReadOptions = {}): Promise<Reading> {
  const dir = await mkdtemp(join(tmpdir(), 'shitops-log-'))
  try {
    const path = join(dir, name)
    await writeFile(path, content)
    return await readFileLog(path, options)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** A XES document around traces. */
export const xes = (traces: string, head = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n${head}${traces}\n</log>\n`
