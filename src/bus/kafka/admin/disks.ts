import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'

const DESCRIBE_LOG_DIRS_KEY = 35
/** The first version that tells how full the disks are (KIP-827, Kafka 3.3). */
const WITH_SPACE = 4
const BEFORE_FLEXIBLE = 1

export interface Disks {
  /** Bytes of each replica, by `topic/partition`; one that is being moved between disks of the broker counts where it is. */
  replicas: Map<string, number>
  /** Bytes left on all its disks; null where it does not tell. */
  freeBytes: number | null
}

/** Everything that a broker stores. Without the right to describe the cluster it names nothing. @param newest version that the broker speaks */
export function disksCall(newest: number): CustomCall<Disks> {
  const flexible = newest >= WITH_SPACE
  const allTopics = flexible ? new WireWriter().noTags().uvarint(0).noTags() : new WireWriter().int32(-1)
  const call = { apiKey: DESCRIBE_LOG_DIRS_KEY, apiVersion: flexible ? WITH_SPACE : BEFORE_FLEXIBLE, name: 'DescribeLogDirs' }
  return { ...call, body: allTopics.done(), decode: (payload) => decode(new WireReader(payload), flexible) }
}

function decode(wire: WireReader, flexible: boolean): Disks {
  const text = () => (flexible ? wire.compactString() : wire.string()) ?? ''
  const list = <T>(item: () => T) => (flexible ? wire.compactArray(item) : wire.array(item))
  const end = () => flexible && wire.skipTags()
  const replicas = new Map<string, number>()
  end()
  wire.int32() // throttle time
  if (flexible) wire.int16() // error code of all
  const free = list(() => {
    wire.int16() // error code: such a disk lists nothing
    text()
    list(() => {
      const topic = text()
      list(() => {
        const partition = wire.int32()
        const bytes = wire.int64()
        wire.int64() // how far a copy that moves between disks is behind
        const isFuture = wire.int8() !== 0
        end()
        if (!isFuture) replicas.set(`${topic}/${partition}`, bytes)
      })
      end()
    })
    if (!flexible) return -1
    wire.int64() // size of the disk
    const usable = wire.int64()
    end()
    return usable
  })
  return { replicas, freeBytes: free.length === 0 || free.includes(-1) ? null : free.reduce((sum, bytes) => sum + bytes, 0) }
}
