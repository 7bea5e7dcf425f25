const OPERATIONS = ['Read', 'Write', 'Create', 'Delete', 'Alter', 'Describe', 'DescribeConfigs', 'AlterConfigs'] as const
const RESOURCES = ['Topic', 'Group', 'TransactionalId', 'Cluster'] as const
export type AclOperation = (typeof OPERATIONS)[number]
export type AclResource = (typeof RESOURCES)[number]

/** As docs/kafka-acls.md writes it: `Read Topic:orders`, `Write TransactionalId:replay.*` (a prefix), `Describe Cluster`. */
export interface Acl {
  text: string
  operation: AclOperation
  resource: AclResource
  name: string
  prefixed: boolean
}

/** @throws where it is none */
export function parseAcl(text: string): Acl {
  const parts = /^(\w+) (\w+)(?::([^*]+)(\*)?)?$/.exec(text) ?? []
  const [operation, resource] = [OPERATIONS.find((one) => one === parts[1]), RESOURCES.find((one) => one === parts[2])]
  if (operation === undefined || resource === undefined) throw new Error(`not an ACL: "${text}"`)
  return { text, operation, resource, name: parts[3] ?? 'kafka-cluster', prefixed: parts[4] !== undefined }
}
