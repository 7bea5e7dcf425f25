import type { Pipeline } from './build.ts'

/** The state of a pipeline as plain data. */
export function savePipeline({ steps, scans }: Pipeline): unknown {
  return {
    steps: steps.flatMap(({ id, operator }) => (operator.save ? [[id, operator.save()]] : [])),
    scans: scans.map(({ id, watermarks }) => [id, watermarks.save()]),
  }
}

export function loadPipeline(pipeline: Pipeline, state: unknown): void {
  const { steps, scans } = state as { steps: Array<[string, unknown]>; scans: Array<[string, unknown]> }
  const saved = new Map(steps)
  for (const { id, operator } of pipeline.steps) if (saved.has(id)) operator.load?.(saved.get(id))
  const marks = new Map(scans)
  for (const scan of pipeline.scans) if (marks.has(scan.id)) scan.watermarks.load(marks.get(scan.id))
}
