import type { ConfigChanges } from '../../admin.ts'
import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'

const INCREMENTAL_ALTER_CONFIGS_KEY = 44
/** The version before flexible encoding; 4.x still takes it. */
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

/**
 * Changes the settings that are named and leaves all others (KIP-339). kafkajs has only the older AlterConfigs, which replaces them all: it
 * wiped min.insync.replicas.
 */
export function alterConfigsCall(target: ConfigTarget, changes: ConfigChanges): CustomCall<{ code: number; message: string | null }> {
  const body = new WireWriter()
  body.array([target], ({ type, name }) => {
    body.int8(type).string(name)
    body.array(Object.entries(changes), ([setting, value]) =>
      body
        .string(setting)
        .int8(value === null ? DELETE : SET)
        .string(value),
    )
  })
  const validateOnly = 0
  return {
    apiKey: INCREMENTAL_ALTER_CONFIGS_KEY,
    apiVersion: INCREMENTAL_ALTER_CONFIGS_VERSION,
    name: 'IncrementalAlterConfigs',
    body: body.int8(validateOnly).done(),
    decode,
  }
}

function decode(payload: Buffer): { code: number; message: string | null } {
  const wire = new WireReader(payload)
  wire.int32() // throttle time
  const [answer] = wire.array(() => {
    const code = wire.int16()
    const message = wire.string()
    wire.int8() // type of the resource
    wire.string()
    return { code, message }
  })
  return answer ?? { code: 0, message: null }
}
