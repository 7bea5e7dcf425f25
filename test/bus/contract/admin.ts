import { expect } from 'chai'
import type { Case } from '../contract.ts'
import { codeOf, numbered, unique, valuesOf } from './support.ts'

export const adminCases: readonly Case[] = [
  [
    'a topic is listed and described with its settings',
    async (bench) => {
      const name = unique('topic')
      await bench.bus.createTopic({ name, partitions: 3, config: { 'cleanup.policy': 'compact', 'retention.ms': '86400000' } })
      expect(await bench.bus.listTopics()).to.include(name)
      const described = await bench.bus.describeTopic(name)
      expect(described.name).to.equal(name)
      expect(described.config['cleanup.policy']).to.equal('compact')
      expect(described.config['retention.ms']).to.equal('86400000')
      expect(described.partitions.map(({ partition, earliest, latest }) => [partition, earliest, latest])).to.deep.equal([
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
      ])
      for (const { leader, replicas, inSync } of described.partitions) {
        expect(replicas).to.include(leader)
        expect(inSync).to.include(leader)
      }
    },
  ],
  [
    'a topic that is there cannot be created again',
    async (bench) => {
      const topic = await bench.topic()
      expect(await codeOf(bench.bus.createTopic({ name: topic, partitions: 1 }))).to.equal('SHITOPS_E_TOPIC_EXISTS')
    },
  ],
  [
    'names that Kafka refuses are refused',
    async (bench) => {
      for (const name of ['', '.', '..', 'white space', 'slash/ed', 'ünïcode', 'x'.repeat(250)]) {
        expect(await codeOf(bench.bus.createTopic({ name, partitions: 1 })), `"${name}"`).to.equal('SHITOPS_E_TOPIC_INVALID')
      }
      const longest = unique('topic').padEnd(249, 'x')
      await bench.bus.createTopic({ name: longest, partitions: 1 })
      await bench.bus.deleteTopic(longest)
    },
  ],
  [
    'a topic has at least one partition',
    async (bench) => {
      for (const partitions of [0, -2, 1.5])
        expect(await codeOf(bench.bus.createTopic({ name: unique('topic'), partitions })), `${partitions}`).to.equal(
          'SHITOPS_E_TOPIC_INVALID',
        )
    },
  ],
  [
    'settings that cannot be meant are refused',
    async (bench) => {
      for (const config of [{ 'retention.ms': 'a week' }, { 'cleanup.policy': 'shred' }]) {
        expect(await codeOf(bench.bus.createTopic({ name: unique('topic'), partitions: 1, config })), JSON.stringify(config)).to.equal(
          'SHITOPS_E_TOPIC_INVALID',
        )
      }
    },
  ],
  [
    'a deleted topic is gone for every bus',
    async (bench) => {
      const topic = await bench.topic()
      const other = await bench.another()
      await other.append(topic, numbered(2))
      await bench.bus.deleteTopic(topic)
      await bench.until('it is gone', async () => !(await other.listTopics()).includes(topic))
      expect(await codeOf(other.append(topic, numbered(1)))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
      expect(await codeOf(other.offsets(topic))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
      expect(await codeOf(bench.bus.describeTopic(topic))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
    },
  ],
  [
    'a topic made anew under an old name begins empty',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(5, 'old'))
      await bench.bus.deleteTopic(topic)
      await bench.until('it is gone', async () => !(await bench.bus.listTopics()).includes(topic))
      await bench.until('it can be made again', async () => {
        try {
          await bench.bus.createTopic({ name: topic, partitions: 1 })
          return true
        } catch {
          return false
        }
      })
      await bench.bus.append(topic, numbered(1, 'new'))
      expect(valuesOf(await bench.all(topic))).to.deep.equal(['new0'])
    },
  ],
  [
    'a topic that is not there cannot be described or deleted',
    async (bench) => {
      expect(await codeOf(bench.bus.describeTopic(unique('nowhere')))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
      expect(await codeOf(bench.bus.deleteTopic(unique('nowhere')))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
    },
  ],
  [
    'a slip in a topic’s name is answered with the nearest one',
    async (bench) => {
      const topic = await bench.topic()
      const error = await bench.bus.offsets(`${topic}x`).catch((reason: unknown) => reason)
      expect((error as { suggestions?: string[] }).suggestions?.join(' ')).to.include(topic)
    },
  ],
  [
    'health has facts, and no secret in the URL',
    async (bench) => {
      const health = await bench.bus.health()
      expect(health.facts.length).to.be.greaterThan(0)
      for (const [name, value] of health.facts) expect([typeof name, typeof value]).to.deep.equal(['string', 'string'])
      expect(bench.bus.url)
        .to.be.a('string')
        .and.not.match(/password=[^*&]/i)
    },
  ],
  [
    'closing waits for what is pending and may be done twice',
    async (bench) => {
      const topic = await bench.topic()
      const other = await bench.another()
      const pending = Promise.all([other.append(topic, numbered(1, 'a')), other.append(topic, numbered(1, 'b'))])
      await other.close()
      await other.close()
      await pending
      expect(valuesOf(await bench.all(topic)).sort()).to.deep.equal(['a0', 'b0'])
    },
  ],
  [
    'closing ends followers and members',
    async (bench) => {
      const topic = await bench.topic()
      const other = await bench.another()
      const member = bench.member(unique('group'), [topic], {}, other)
      await bench.until('the partition', () => member.assigned.size === 1)
      await other.close()
      await bench.until('the member has ended', () => member.ended)
      expect(member.error).to.equal(undefined)
    },
  ],
  [
    'a closed bus refuses work',
    async (bench) => {
      const topic = await bench.topic()
      const other = await bench.another()
      await other.close()
      expect(await codeOf(other.append(topic, numbered(1)))).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
      expect(await codeOf(other.offsets(topic))).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
    },
  ],
]
