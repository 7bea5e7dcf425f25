import type { ConfigChanges } from '../admin.ts'
import type { CustomCall } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const INCREMENTAL_ALTER_CONFIGS_KEY = 44
/** Since Kafka 2.3 (KIP-339); 4.x still takes it. */
const INCREMENTAL_ALTER_CONFIGS_VERSION = 0
const SET = 0
const DELETE = 1

export const TOPIC_RESOURCE = 2
export const BROKER_RESOURCE = 4

export interface ConfigTarget {
  type: typeof TOPIC_RESOURCE | typeof BROKER_RESOURCE
  /** Of the topic, or the broker's id. */
  name: string
}

export interface AlterConfigsAnswer {
  clientSideThrottleTime: number
  resources: Array<{ errorCode: number; errorMessage: string | null; type: number; name: string }>
}

/**
 * Changes these settings of one resource and leaves the others as they are, unlike AlterConfigs, which puts all that is not named back to its default.
 * The one way in which settings are changed: kafkajs has only the older one.
 * @param changes null puts a setting back to its default
 */
export function alterConfigsCall(
  { type, name }: ConfigTarget,
  changes: ConfigChanges,
  { validateOnly = false } = {},
): CustomCall<AlterConfigsAnswer> {
  const body = new WireWriter().int32(1).int8(type).string(name)
  body.array(Object.entries(changes), ([setting, value]) =>
    body
      .string(setting)
      .int8(value === null ? DELETE : SET)
      .string(value),
  )
  body.int8(validateOnly ? 1 : 0)
  const call = { apiKey: INCREMENTAL_ALTER_CONFIGS_KEY, apiVersion: INCREMENTAL_ALTER_CONFIGS_VERSION, name: 'IncrementalAlterConfigs' }
  return { ...call, body: body.done(), decode }
}

function decode(payload: Buffer): AlterConfigsAnswer {
  const wire = new WireReader(payload)
  return {
    clientSideThrottleTime: wire.int32(),
    resources: wire.array(() => ({ errorCode: wire.int16(), errorMessage: wire.string(), type: wire.int8(), name: wire.string() ?? '' })),
  }
}
