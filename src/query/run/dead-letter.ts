import { dlqRecord, dlqTopic } from '../../events/dlq.ts'
import type { BadRecord, JobOutput } from './bus-job-options.ts'

/** The dead letter of a record, which says which job could not read it. */
export function deadLetter({ topic, partition, offset, reason, batch, index }: BadRecord): JobOutput {
  const { key, value, timestamp, headers } = batch.record(index)
  const letter = dlqRecord(
    topic,
    { key, value, timestamp, headers, partition, offset },
    { code: 'decode_error', message: reason },
    timestamp,
  )
  return { topic: dlqTopic(topic), ...letter }
}
