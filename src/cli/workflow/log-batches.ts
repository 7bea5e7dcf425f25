import { type Note, type Problem, placeText, type ReadOptions, readLogBatches } from '../../collectors/workflow/formats/index.ts'
import type { ImportBatch } from '../../collectors/workflow/import/index.ts'
import type { LogSummary } from './log-summary.ts'

export interface LogBatchesOptions {
  read: ReadOptions
  summary: LogSummary
  onNote(note: Note): void
}

/** What the files hold, one after the other, counted on its way. */
export async function* logBatches(files: readonly string[], { read, summary, onNote }: LogBatchesOptions): AsyncGenerator<ImportBatch> {
  for (const file of files) {
    let problems: Problem[] = []
    const options: ReadOptions = {
      ...read,
      onProblem: (problem) => {
        problems.push(problem)
        summary.problem(`${placeText(problem.place)}: ${problem.message}`, problem.fatal === true)
      },
      onNote,
      onMapping: (role, name) => summary.mapping(role, name),
      onBytes: (bytes) => summary.read(bytes),
    }
    for await (const events of readLogBatches(file, options)) {
      summary.events(events)
      if (events.length === 0 && problems.length === 0) continue
      yield { file, events, problems }
      problems = []
    }
    if (problems.length > 0) yield { file, events: [], problems }
  }
}
