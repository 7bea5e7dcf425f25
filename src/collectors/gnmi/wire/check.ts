import { Malformed } from './malformed.ts'
import { LEN, MAX_NESTING, type WireReader } from './wire-reader.ts'

/** A message of which nothing is wanted but that it is whole: its fields that are messages themselves. */
export type Shape = ReadonlyMap<number, Shape>

/** A message without messages in it. */
export const LEAF: Shape = new Map()

const shape = (fields: Record<number, Shape>): Shape => new Map(Object.entries(fields).map(([field, below]) => [Number(field), below]))

/** gnmi_ext.Extension. Extensions are passed over, but one that is broken breaks its response, as everywhere in protobuf. */
export const EXTENSION = shape({
  // registered_ext
  1: LEAF,
  // master_arbitration { role, election_id }
  2: shape({ 1: LEAF, 2: LEAF }),
  // history { range }
  3: shape({ 2: LEAF }),
  // commit { commit { rollback_duration }, confirm, cancel, set_rollback_duration { rollback_duration } }
  4: shape({ 2: shape({ 1: LEAF }), 3: LEAF, 4: LEAF, 5: shape({ 1: LEAF }) }),
  // depth
  5: LEAF,
  // config_subscription { start, sync_done }
  6: shape({ 1: LEAF, 2: LEAF }),
})

/** Read over a message up to its end. Throws Malformed. */
export function checkMessage(reader: WireReader, end: number, fields: Shape, depth: number): void {
  if (depth > MAX_NESTING) throw new Malformed('nesting', reader.pos)
  while (reader.pos < end) {
    const tag = reader.tag(end)
    const below = (tag & 7) === LEN ? fields.get(tag >>> 3) : undefined
    if (below) checkMessage(reader, reader.delimited(end), below, depth + 1)
    else reader.skip(tag, end, depth)
  }
}
