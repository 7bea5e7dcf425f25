import type { CollectorContext } from '../collector.ts'
import { Publisher } from '../publisher.ts'
import { untilAborted } from '../until-aborted.ts'
import type { WorkflowConfig } from './config.ts'
import { decodeLine } from './decode.ts'
import { Repeats } from './track.ts'

/** NDJSON lines of finance events → `workflow_events`. Counts `received` (lines), `repeated`, `malformed`. */
export async function runWorkflow(context: CollectorContext<WorkflowConfig>): Promise<void> {
  const { config, metrics, signal } = context
  const publisher = new Publisher(context, '/workflow')
  const repeats = new Repeats()
  for await (const lines of untilAborted(config.source, signal)) {
    for (const line of lines) {
      const decoded = decodeLine(line)
      if ('problem' in decoded) {
        publisher.malformed('workflow_events', { code: 'decode_error', message: decoded.problem }, { value: line })
      } else if (repeats.isRepeat(decoded.event)) metrics.add('repeated')
      else {
        const { event } = decoded
        publisher.add('workflow_events', { ...(config.process && { process: config.process }), ...event }, event.event_id)
      }
    }
    await publisher.flush()
    metrics.add('received', lines.length)
  }
}
