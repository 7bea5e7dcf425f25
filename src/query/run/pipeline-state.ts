import type { Pipeline } from './build.ts'

/** State of steps and scans, by their ids. */
export interface PipelineState {
  readonly steps: ReadonlyArray<readonly [id: string, state: unknown]>
  readonly scans: ReadonlyArray<readonly [id: string, state: unknown]>
}

/** The state of a pipeline as plain data. */
export function savePipeline({ steps, scans }: Pipeline): PipelineState {
  return {
    steps: steps.flatMap(({ id, operator }) => (operator.save ? [[id, operator.save()] as const] : [])),
    scans: scans.map(({ id, watermarks }) => [id, watermarks.save()] as const),
  }
}

export function loadPipeline(pipeline: Pipeline, state: unknown): void {
  const { steps, scans } = state as PipelineState
  const saved = new Map(steps)
  for (const { id, operator } of pipeline.steps) if (saved.has(id)) operator.load?.(saved.get(id))
  const marks = new Map(scans)
  for (const scan of pipeline.scans) if (marks.has(scan.id)) scan.watermarks.load(marks.get(scan.id))
}
