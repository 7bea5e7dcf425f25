import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, Kafka, logLevel, ResourcePatternTypes } from 'kafkajs'
import type { KafkaCluster } from './index.ts'
import { waitFor } from './wait-for.ts'

/** As docs/kafka-acls.md writes it: `Read Topic:orders`, `Write TransactionalId:replay.*` (a prefix), `Describe Cluster`. */
export interface Acl {
  text: string
  operation: AclOperationTypes
  resource: AclResourceTypes
  name: string
  prefixed: boolean
}

const OPERATIONS: Readonly<Record<string, AclOperationTypes>> = {
  ...{ Read: AclOperationTypes.READ, Write: AclOperationTypes.WRITE, Create: AclOperationTypes.CREATE, Delete: AclOperationTypes.DELETE },
  ...{
    Describe: AclOperationTypes.DESCRIBE,
    DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
    AlterConfigs: AclOperationTypes.ALTER_CONFIGS,
  },
}
const RESOURCES: Readonly<Record<string, AclResourceTypes>> = {
  ...{ Topic: AclResourceTypes.TOPIC, Group: AclResourceTypes.GROUP, Cluster: AclResourceTypes.CLUSTER },
  ...{ TransactionalId: AclResourceTypes.TRANSACTIONAL_ID },
}

/** @throws where it is none */
export function parseAcl(text: string): Acl {
  const [, operation = '', resource = '', name = 'kafka-cluster', star] = /^(\w+) (\w+)(?::([^*]+)(\*)?)?$/.exec(text) ?? []
  const known = { operation: OPERATIONS[operation], resource: RESOURCES[resource] }
  if (known.operation === undefined || known.resource === undefined) throw new Error(`not an ACL: "${text}"`)
  return { text, operation: known.operation, resource: known.resource, name, prefixed: star !== undefined }
}

/** Gives one user permissions, as a super user on the plaintext listener. */
export class AclAdmin {
  readonly #admin: Admin
  readonly #principal: string

  private constructor(admin: Admin, principal: string) {
    this.#admin = admin
    this.#principal = principal
  }

  static async connect(kafka: KafkaCluster, user: string): Promise<AclAdmin> {
    const admin = new Kafka({ brokers: kafka.ids.map((id) => kafka.address(id)), logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    return new AclAdmin(admin, `User:${user}`)
  }

  /** These and no others; resolves when the broker goes by them. */
  async set(acls: readonly Acl[]): Promise<void> {
    const all = { resourceType: AclResourceTypes.ANY, resourcePatternType: ResourcePatternTypes.ANY, operation: AclOperationTypes.ANY }
    const filter = { ...all, principal: this.#principal, permissionType: AclPermissionTypes.ANY }
    await this.#admin.deleteAcls({ filters: [filter] })
    if (acls.length > 0) {
      await this.#admin.createAcls({
        acl: acls.map(({ operation, resource, name, prefixed }) => ({
          ...{ resourceType: resource, resourceName: name, operation, principal: this.#principal, host: '*' },
          resourcePatternType: prefixed ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
          permissionType: AclPermissionTypes.ALLOW,
        })),
      })
    }
    await waitFor(`the ACLs of ${this.#principal}`, async () => {
      const { resources } = await this.#admin.describeAcls(filter)
      return resources.reduce((count, resource) => count + resource.acls.length, 0) === acls.length
    })
  }

  async close(): Promise<void> {
    await this.#admin.disconnect()
  }
}
