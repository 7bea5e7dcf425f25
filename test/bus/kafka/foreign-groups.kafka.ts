import { expect } from 'chai'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka, waitFor } from '../../support/kafka/index.ts'
import { numbers } from './support.ts'

const CONSUMER = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
const SHARE_CONSUMER = 'org.apache.kafka.tools.consumer.ConsoleShareConsumer'

describeKafka('groups of other clients', {}, (kafka) => {
  let bus: Bus

  before(async () => {
    bus = await openBus(kafka().url())
    await bus.createTopic({ name: 'shared', partitions: 2 })
    await bus.append('shared', numbers(0, 10))
  })
  after(() => bus.close())

  for (const protocol of ['classic', 'consumer']) {
    it(`a Java member by the ${protocol} protocol is described, and protects its offsets`, async () => {
      const group = `java-${protocol}`
      const flags = ['--topic', 'shared', '--group', group, '--from-beginning', '--command-property', `group.protocol=${protocol}`]
      const member = await kafka().startTool(CONSUMER, ['--bootstrap-server', kafka().address(1), ...flags])
      try {
        await waitFor('the commits', async () => (await lagOf(group)) === 0, 60_000)
        const described = await bus.describeGroup(group)
        expect(described.state).to.equal('Stable')
        expect(described.memberList).to.have.length(1)
        expect(described.memberList[0]?.clientId).to.equal('console-consumer')
        expect(described.memberList[0]?.host).to.match(/^[0-9.:a-f]+$/)
        expect(described.memberList[0]?.partitions).to.have.deep.members([0, 1].map((partition) => ({ topic: 'shared', partition })))
        expect((await bus.listGroups()).find((one) => one.group === group)).to.deep.equal({ group, state: 'Stable', members: 1 })
        expect(await codeOf(bus.commitOffsets(group, [{ topic: 'shared', partition: 0, offset: 0 }]))).to.equal('SHITOPS_E_GROUP_ACTIVE')
        expect(await codeOf(bus.deleteGroup(group))).to.equal('SHITOPS_E_GROUP_ACTIVE')
      } finally {
        await member.stop()
      }
      await waitFor('an empty group', async () => (await bus.describeGroup(group)).state === 'Empty', 60_000)
      await bus.commitOffsets(group, [{ topic: 'shared', partition: 0, offset: 1 }])
      expect((await bus.fetchOffsets(group, ['shared'])).find(({ partition }) => partition === 0)?.offset).to.equal(1)
      await bus.deleteGroup(group)
    })
  }

  it('a share group is described, and has no offsets to set', async () => {
    const member = await kafka().startTool(SHARE_CONSUMER, [
      '--bootstrap-server',
      kafka().address(1),
      '--topic',
      'shared',
      '--group',
      'sharing',
    ])
    try {
      await waitFor(
        'the member',
        async () => (await bus.listGroups()).some(({ group, members }) => group === 'sharing' && members === 1),
        60_000,
      )
      const described = await bus.describeGroup('sharing')
      expect(described.members).to.equal(1)
      expect(described.memberList[0]?.clientId).to.equal('console-share-consumer')
      expect(described.offsets.every(({ committed, lag }) => committed === null && lag === null)).to.equal(true)
      expect(await codeOf(bus.commitOffsets('sharing', [{ topic: 'shared', partition: 0, offset: 0 }]))).to.equal(
        'SHITOPS_E_BUS_UNSUPPORTED',
      )
    } finally {
      await member.stop()
    }
  })

  it('a Java member and ours share a group', async () => {
    const group = 'mixed'
    const java = await kafka().startTool(CONSUMER, ['--bootstrap-server', kafka().address(1), '--topic', 'shared', '--group', group])
    const stop = new AbortController()
    const held: number[] = []
    const consuming = bus.consume({
      ...{ group, topics: ['shared'], start: 'earliest', signal: stop.signal },
      onBatch: async () => {},
      onAssigned: (partitions) => held.splice(0, held.length, ...partitions.map(({ partition }) => partition)),
    })
    try {
      await waitFor(
        'two members with one partition each',
        async () => {
          const { memberList } = await bus.describeGroup(group).catch(() => ({ memberList: [] }))
          return memberList.length === 2 && memberList.every(({ partitions }) => partitions.length === 1)
        },
        60_000,
      )
      expect(held).to.have.length(1)
    } finally {
      stop.abort()
      await consuming
      await java.stop()
    }
  })

  async function lagOf(group: string): Promise<number | null> {
    const offsets = await bus.describeGroup(group).then(
      (described) => described.offsets,
      () => [],
    )
    return offsets.length === 0 ? null : offsets.reduce((sum, { lag }) => sum + (lag ?? Number.NaN), 0)
  }

  async function codeOf(refused: Promise<unknown>): Promise<string> {
    const error = await refused.then(
      () => new Error('it should have been refused'),
      (reason: unknown) => reason,
    )
    return (error as { code?: string }).code ?? String(error)
  }
})
