export interface WorkflowConfig {
  /** NDJSON, a few lines at a time; taking the next batch says that the last one is on the bus. */
  source: AsyncIterable<readonly string[]>
  /** Which process the lines are about, when they do not say. */
  process?: string
}
