import { expect } from 'chai'
import { CODE } from '../../../src/bus/kafka/codes.ts'
import { BrokerRefusal, toShitopsError } from '../../../src/bus/kafka/failures.ts'
import { missingAcl } from '../../../src/bus/kafka/missing-acl.ts'

const TOPIC = CODE.TOPIC_AUTHORIZATION_FAILED
const GROUP = CODE.GROUP_AUTHORIZATION_FAILED
const WRITER = CODE.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
const CLUSTER = CODE.CLUSTER_AUTHORIZATION_FAILED

describe('the permission that a refusal is about', () => {
  const cases: Array<[code: number, what: string, acl: string]> = [
    [TOPIC, 'topic "orders"', 'Describe Topic:orders'],
    [TOPIC, 'offsets of "orders" partition 0', 'Describe Topic:orders'],
    [TOPIC, 'reading "orders" partition 0', 'Read Topic:orders'],
    [TOPIC, 'writing to "orders" partition 0', 'Write Topic:orders'],
    [TOPIC, 'adding "orders" to transaction "replay.a"', 'Write Topic:orders'],
    [WRITER, 'adding "orders" to transaction "replay.a"', 'Write TransactionalId:replay.a'],
    [GROUP, 'adding group "desk" to transaction "replay.a"', 'Read Group:desk'],
    [TOPIC, 'committing offsets of group "desk" in "orders"', 'Read Topic:orders'],
    [TOPIC, 'setting offsets of group "desk" in "orders"', 'Read Topic:orders'],
    [GROUP, 'setting offsets of group "desk" in "orders"', 'Read Group:desk'],
    [GROUP, 'group "desk"', 'Describe Group:desk'],
    [GROUP, 'offsets of group "desk"', 'Describe Group:desk'],
    [GROUP, 'joining group "desk"', 'Read Group:desk'],
    [GROUP, 'deleting group "desk"', 'Delete Group:desk'],
    [WRITER, 'transactional writer "replay.a"', 'Write TransactionalId:replay.a'],
    [WRITER, 'opening transactional writer "replay.a"', 'Write TransactionalId:replay.a'],
    [WRITER, 'committing transaction "replay.a"', 'Write TransactionalId:replay.a'],
    [TOPIC, 'creating "orders"', 'Create Topic:orders'],
    [TOPIC, 'deleting "orders"', 'Delete Topic:orders'],
    [TOPIC, 'settings of "orders"', 'DescribeConfigs Topic:orders'],
    [TOPIC, 'changing settings of "orders"', 'AlterConfigs Topic:orders'],
    [TOPIC, 'adding partitions to "orders"', 'Alter Topic:orders'],
    [CLUSTER, 'changing settings of broker 1', 'AlterConfigs Cluster'],
    [CLUSTER, 'moving', 'Alter Cluster'],
    [CLUSTER, 'electing leaders', 'Alter Cluster'],
    [CLUSTER, 'listing moves', 'Describe Cluster'],
    [CLUSTER, 'describing the cluster', 'Describe Cluster'],
    [CLUSTER, 'asking for a producer id', 'IdempotentWrite Cluster'],
  ]
  for (const [code, what, acl] of cases) it(`${what}: ${acl}`, () => expect(missingAcl(code, what)).to.equal(acl))

  it('is in what a user is told', () => {
    const error = toShitopsError(new BrokerRefusal(TOPIC, 'reading "orders" partition 0')) as { code: string; suggestions: string[] }
    expect(error.code).to.equal('SHITOPS_E_BUS_AUTH')
    expect(error.suggestions[0]).to.contain('ACL "Read Topic:orders"')
  })

  it('and what brokers add is not: they print the request that they passed on', () => {
    const error = toShitopsError(new BrokerRefusal(CLUSTER, 'listing moves', 'Request(processor=2, …) needs DESCRIBE permission.')) as Error
    expect(error.message).to.equal('the broker does not allow it: listing moves: CLUSTER_AUTHORIZATION_FAILED')
  })
})
