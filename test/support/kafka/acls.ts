import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, Kafka, logLevel, ResourcePatternTypes } from 'kafkajs'
import { AclCount } from './acl-count.ts'
import type { Acl, AclOperation, AclResource } from './acl-text.ts'
import type { KafkaCluster } from './index.ts'
import { waitFor } from './wait-for.ts'

const OPERATIONS: Readonly<Record<AclOperation, AclOperationTypes>> = {
  ...{ Read: AclOperationTypes.READ, Write: AclOperationTypes.WRITE, Create: AclOperationTypes.CREATE, Delete: AclOperationTypes.DELETE },
  ...{ Describe: AclOperationTypes.DESCRIBE, Alter: AclOperationTypes.ALTER },
  ...{ DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS, AlterConfigs: AclOperationTypes.ALTER_CONFIGS },
}
const RESOURCES: Readonly<Record<AclResource, AclResourceTypes>> = {
  ...{ Topic: AclResourceTypes.TOPIC, Group: AclResourceTypes.GROUP, Cluster: AclResourceTypes.CLUSTER },
  ...{ TransactionalId: AclResourceTypes.TRANSACTIONAL_ID },
}

/** Gives one user permissions, as a super user on the plaintext listener. */
export class AclAdmin {
  readonly #admin: Admin
  readonly #count: AclCount
  readonly #principal: string

  private constructor(admin: Admin, count: AclCount, principal: string) {
    this.#admin = admin
    this.#count = count
    this.#principal = principal
  }

  static async connect(kafka: KafkaCluster, user: string): Promise<AclAdmin> {
    const admin = new Kafka({ brokers: kafka.ids.map((id) => kafka.address(id)), logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    return new AclAdmin(admin, await AclCount.connect(kafka), `User:${user}`)
  }

  /** These and no others; resolves when every broker goes by them. */
  async set(acls: readonly Acl[]): Promise<void> {
    const all = { resourceType: AclResourceTypes.ANY, resourcePatternType: ResourcePatternTypes.ANY, operation: AclOperationTypes.ANY }
    const filter = { ...all, principal: this.#principal, permissionType: AclPermissionTypes.ANY }
    await this.#admin.deleteAcls({ filters: [filter] })
    if (acls.length > 0) {
      await this.#admin.createAcls({
        acl: acls.map(({ operation, resource, name, prefixed }) => ({
          ...{
            resourceType: RESOURCES[resource],
            resourceName: name,
            operation: OPERATIONS[operation],
            principal: this.#principal,
            host: '*',
          },
          resourcePatternType: prefixed ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
          permissionType: AclPermissionTypes.ALLOW,
        })),
      })
    }
    await waitFor(`the ACLs of ${this.#principal}`, async () =>
      (await this.#count.ofEachBroker(this.#principal)).every((count) => count === acls.length),
    )
  }

  async close(): Promise<void> {
    this.#count.close()
    await this.#admin.disconnect()
  }
}
