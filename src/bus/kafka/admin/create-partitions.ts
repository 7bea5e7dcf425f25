import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'

const CREATE_PARTITIONS_KEY = 37
/** The last version before flexible encoding. */
const CREATE_PARTITIONS_VERSION = 1

/** @param total partitions afterwards @param replicas of each new one; null: where the cluster likes */
export function createPartitionsCall(
  { topic, total, replicas }: { topic: string; total: number; replicas: ReadonlyArray<readonly number[]> | null },
  timeoutMs: number,
): CustomCall<{ code: number; message: string | null }> {
  const body = new WireWriter()
  body.array([topic], () => {
    body.string(topic).int32(total)
    if (replicas === null) body.int32(-1)
    else body.array(replicas, (ids) => body.array(ids, (id) => body.int32(id)))
  })
  const validateOnly = 0
  const call = { apiKey: CREATE_PARTITIONS_KEY, apiVersion: CREATE_PARTITIONS_VERSION, name: 'CreatePartitions' }
  return { ...call, body: body.int32(timeoutMs).int8(validateOnly).done(), decode }
}

function decode(payload: Buffer): { code: number; message: string | null } {
  const wire = new WireReader(payload)
  wire.int32() // throttle time
  const [answer] = wire.array(() => {
    wire.string()
    return { code: wire.int16(), message: wire.string() }
  })
  return answer ?? { code: 0, message: null }
}
