import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { Cluster } from '../../../src/bus/kafka/cluster.ts'
import type { CustomCall } from '../../../src/bus/kafka/protocol.ts'
import { loadSecurity } from '../../../src/bus/kafka/security.ts'
import { parseKafkaUrl } from '../../../src/bus/kafka/settings.ts'
import { WireReader, WireWriter } from '../../../src/bus/kafka/wire.ts'
import type { KafkaCluster } from './index.ts'

const DESCRIBE_ACLS_KEY = 29
/** The last version before flexible encoding. */
const DESCRIBE_ACLS_VERSION = 1

/** How many ACLs of a user each broker goes by now: each learns of them by itself, and kafkajs asks any one. */
export class AclCount {
  readonly #cluster: Cluster
  readonly #ids: readonly number[]

  private constructor(cluster: Cluster, ids: readonly number[]) {
    this.#cluster = cluster
    this.#ids = ids
  }

  static async connect(kafka: KafkaCluster): Promise<AclCount> {
    const settings = parseKafkaUrl(kafka.url())
    const cluster = new Cluster({ settings, security: await loadSecurity(settings, {}), logger: silentLogger, clock: systemClock })
    await cluster.connect()
    return new AclCount(cluster, kafka.ids)
  }

  async ofEachBroker(principal: string): Promise<number[]> {
    return Promise.all(this.#ids.map(async (id) => (await this.#cluster.broker(id)).send(countCall(principal))))
  }

  close(): void {
    this.#cluster.close()
  }
}

function countCall(principal: string): CustomCall<number> {
  const body = new WireWriter().int8(AclResourceTypes.ANY).string(null).int8(ResourcePatternTypes.ANY)
  body.string(principal).string(null).int8(AclOperationTypes.ANY).int8(AclPermissionTypes.ANY)
  return { apiKey: DESCRIBE_ACLS_KEY, apiVersion: DESCRIBE_ACLS_VERSION, name: 'DescribeAcls', body: body.done(), decode }
}

function decode(payload: Buffer): number {
  const wire = new WireReader(payload)
  wire.int32() // throttle time
  const code = wire.int16()
  if (code !== 0) throw new Error(`ACLs cannot be listed: error code ${code}`)
  wire.string()
  const counts = wire.array(() => {
    wire.int8() // kind of resource
    wire.string()
    wire.int8() // kind of pattern
    const acls = wire.array(() => {
      wire.string() // principal
      wire.string() // host
      wire.int16() // operation, and whether it is allowed
    })
    return acls.length
  })
  return counts.reduce((sum, count) => sum + count, 0)
}
