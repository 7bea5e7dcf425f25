/** The vocabulary of the bus: which topics there are and what their records hold. Light: zod is loaded only when a schema is asked for. */
export { type DeadLetter, type DeadLetterReason, type DeadLetterRecord, DLQ_HEADER_PREFIX, dlqRecord, dlqTopic } from './dlq.ts'
export type * from './event-types.ts'
export { METRICS, type Metric } from './metrics.ts'
export { type EventRecord, type RecordOptions, toEventTime, tombstone, toRecord, toRecordFromJson } from './record.ts'
export { examplesOf, jsonSchemaOf, schemaOf } from './schemas.ts'
export {
  DEFAULT_PARTITIONS,
  DLQ_SUFFIX,
  isTopicName,
  keyOf,
  LATE_SUFFIX,
  TOPIC_NAMES,
  TOPICS,
  type TopicInfo,
  topicSpec,
} from './topics.ts'
export { type Problem, pathText, type Validator, validateRecord, validatorOf } from './validate.ts'
