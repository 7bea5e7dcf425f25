import { expect } from 'chai'
import type { Claim } from '../../../src/bus/bus.ts'
import type { Case } from '../contract.ts'
import { codeOf, numbered, unique, valuesOf } from './support.ts'

export const groupCases: readonly Case[] = [
  [
    'a member reads everything from the earliest and commits it',
    async (bench) => {
      const topic = await bench.topic(2)
      const group = unique('group')
      await bench.bus.append(topic, [...numbered(5, 'a', 0), ...numbered(5, 'b', 1)])
      const member = bench.member(group, [topic])
      await bench.until('ten records', () => member.records.length === 10)
      await member.stop()
      expect(member.values().sort()).to.deep.equal([...Array(5).keys()].flatMap((i) => [`a${i}`, `b${i}`]).sort())
      const offsets = await bench.bus.fetchOffsets(group, [topic])
      expect(offsets.map(({ partition, offset }) => [partition, offset]).sort()).to.deep.equal([
        [0, 5],
        [1, 5],
      ])
    },
  ],
  [
    'a group that starts at the latest skips what was there',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(3, 'old'))
      const member = bench.member(unique('group'), [topic], { start: 'latest' })
      await bench.until('the partition', () => member.assigned.size === 1)
      // Kafka looks up "latest" some time after the assignment: go on writing until the member sees it.
      let written = 0
      await bench.until('a new record', async () => {
        if (member.records.length === 0) await bench.bus.append(topic, numbered(1, `new${written++}:`))
        return member.records.length > 0
      })
      await member.stop()
      expect(member.values().every((value) => value.startsWith('new'))).to.equal(true)
    },
  ],
  [
    'a group goes on where it committed',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      await bench.bus.append(topic, numbered(3))
      const first = bench.member(group, [topic])
      await bench.until('three records', () => first.records.length === 3)
      await first.stop()
      await bench.bus.append(topic, numbered(2, 'w'))
      const second = bench.member(group, [topic])
      await bench.until('two records', () => second.records.length === 2)
      await second.stop()
      expect(second.values()).to.deep.equal(['w0', 'w1'])
    },
  ],
  [
    'what was not committed is read again',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      await bench.bus.append(topic, numbered(3))
      let seen = 0
      const careless = bench.member(group, [topic], {
        onBatch: async (batch) => {
          seen += batch.count
        },
      })
      await bench.until('three records', () => seen === 3)
      await careless.stop()
      const careful = bench.member(group, [topic])
      await bench.until('three records again', () => careful.records.length === 3)
      await careful.stop()
    },
  ],
  [
    'a commit in the middle of a batch counts from there',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      await bench.bus.append(topic, numbered(10))
      let committed = false
      const half = bench.member(group, [topic], {
        onBatch: async (batch, claim) => {
          if (committed || batch.offset(0) > 4) return
          await claim.commit(4)
          committed = true
        },
      })
      await bench.until('the commit', () => committed)
      await half.stop()
      const rest = bench.member(group, [topic])
      await bench.until('the rest', () => rest.records.length === 6)
      await rest.stop()
      expect(rest.values()).to.deep.equal(['v4', 'v5', 'v6', 'v7', 'v8', 'v9'])
    },
  ],
  [
    'two members share the partitions and read each record once',
    async (bench) => {
      const topic = await bench.topic(4)
      const group = unique('group')
      const one = bench.member(group, [topic])
      await bench.until('all four', () => one.assigned.size === 4)
      const two = bench.member(group, [topic], {}, await bench.another())
      await bench.until('two and two', () => one.assigned.size === 2 && two.assigned.size === 2)
      await bench.bus.append(
        topic,
        [0, 1, 2, 3].flatMap((partition) => numbered(10, `p${partition}:`, partition)),
      )
      await bench.until('forty records', () => one.records.length + two.records.length >= 40)
      await Promise.all([one.stop(), two.stop()])
      expect(one.records).to.have.length(20)
      expect(two.records).to.have.length(20)
      expect(new Set([...one.values(), ...two.values()]).size).to.equal(40)
    },
  ],
  [
    'when a member leaves, the others take over where it committed',
    async (bench) => {
      const topic = await bench.topic(2)
      const group = unique('group')
      const one = bench.member(group, [topic])
      const two = bench.member(group, [topic], {}, await bench.another())
      await bench.until('one each', () => one.assigned.size === 1 && two.assigned.size === 1)
      await bench.bus.append(
        topic,
        [0, 1].flatMap((partition) => numbered(5, `before${partition}:`, partition)),
      )
      await bench.until('the first ten', () => one.records.length === 5 && two.records.length === 5)
      await two.stop()
      await bench.until('both', () => one.assigned.size === 2)
      await bench.bus.append(
        topic,
        [0, 1].flatMap((partition) => numbered(5, `after${partition}:`, partition)),
      )
      await bench.until('the next ten', () => one.records.length === 15)
      await one.stop()
      expect(new Set([...one.values(), ...two.values()]).size).to.equal(20)
    },
  ],
  [
    'a member that joins gets nothing that another is still working on',
    async (bench) => {
      const topic = await bench.topic(2)
      const group = unique('group')
      await bench.bus.append(
        topic,
        [0, 1].flatMap((partition) => numbered(1, `p${partition}:`, partition)),
      )
      const open: Array<() => void> = []
      const seen: string[] = []
      const slow = bench.member(group, [topic], {
        onBatch: async (batch, claim) => {
          seen.push(...valuesOf(batch))
          await new Promise<void>((resolve) => open.push(resolve))
          await claim.commit(batch.nextOffset)
        },
      })
      await bench.until('both in work', () => open.length === 2)
      const other = bench.member(group, [topic], {}, await bench.another())
      for (const finish of open) finish()
      await bench.until('one each', () => slow.assigned.size === 1 && other.assigned.size === 1, 20_000)
      await Promise.all([slow.stop(), other.stop()])
      expect([...seen, ...other.values()].sort()).to.deep.equal(['p0:0', 'p1:0'])
    },
  ],
  [
    'a partition’s batches come one at a time and in order',
    async (bench) => {
      const topic = await bench.topic(2)
      for (let i = 0; i < 10; i++)
        await bench.bus.append(
          topic,
          [0, 1].flatMap((partition) => numbered(3, `${i}:`, partition)),
        )
      const busy = new Set<number>()
      const next = [0, 0]
      let overlaps = 0
      let total = 0
      const member = bench.member(unique('group'), [topic], {
        maxBatchBytes: 1,
        onBatch: async (batch, claim) => {
          if (busy.has(batch.partition)) overlaps++
          busy.add(batch.partition)
          for (const { offset } of batch) {
            if (offset !== next[batch.partition]) overlaps++
            next[batch.partition] = offset + 1
          }
          await new Promise(setImmediate)
          total += batch.count
          await claim.commit(batch.nextOffset)
          busy.delete(batch.partition)
        },
      })
      await bench.until('sixty records', () => total === 60)
      await member.stop()
      expect(overlaps).to.equal(0)
    },
  ],
  [
    'one member may read several topics',
    async (bench) => {
      const [left, right] = [await bench.topic(), await bench.topic(2)]
      const group = unique('group')
      const member = bench.member(group, [left, right])
      await bench.until('three partitions', () => member.assigned.size === 3)
      await bench.bus.append(left, numbered(2, 'left'))
      await bench.bus.append(right, [...numbered(2, 'right0:', 0), ...numbered(2, 'right1:', 1)])
      await bench.until('six records', () => member.records.length === 6)
      await member.stop()
      expect(new Set((await bench.bus.fetchOffsets(group, [left, right])).map(({ topic }) => topic))).to.deep.equal(new Set([left, right]))
    },
  ],
  [
    'groups do not disturb each other',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(5))
      const members = [bench.member(unique('group'), [topic]), bench.member(unique('group'), [topic])]
      await bench.until('five each', () => members.every(({ records }) => records.length === 5))
      await Promise.all(members.map((member) => member.stop()))
    },
  ],
  [
    'a handler that rejects ends the member with its reason',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(1))
      const reason = new Error('cannot go on')
      const member = bench.member(unique('group'), [topic], { onBatch: () => Promise.reject(reason) })
      expect(await member.over()).to.equal(reason)
    },
  ],
  [
    'a stopped member’s claim is no longer active, and its batch is left uncommitted',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      await bench.bus.append(topic, numbered(1))
      const states: boolean[] = []
      const member = bench.member(group, [topic], {
        onBatch: async (_batch, claim) => {
          states.push(claim.active())
          member.abort()
          states.push(claim.active())
        },
      })
      await member.over()
      expect(member.error).to.equal(undefined)
      expect(states).to.deep.equal([true, false])
      expect(await bench.bus.fetchOffsets(group, [topic])).to.deep.equal([])
    },
  ],
  [
    'a claim says whose it is, and its heartbeat is answered',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      await bench.bus.append(topic, numbered(1))
      let claim: Claim | undefined
      const member = bench.member(group, [topic], {
        onBatch: async (_batch, given) => {
          await given.heartbeat()
          claim = given
        },
      })
      await bench.until('the batch', () => claim !== undefined)
      expect(claim?.group).to.equal(group)
      expect(claim?.memberId).to.be.a('string').and.not.equal('')
      expect(claim?.generation).to.be.at.least(0)
      await member.stop()
    },
  ],
  [
    'a claim of a member that left commits nothing',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      await bench.bus.append(topic, numbered(3))
      const gone = bench.member(group, [topic])
      await bench.until('three records', () => gone.records.length === 3)
      await gone.stop()
      const [claim] = gone.claims
      expect(claim).to.not.equal(undefined)
      const heir = bench.member(group, [topic], {}, await bench.another())
      await bench.until('the heir', () => heir.assigned.size === 1)
      if (claim) expect(await codeOf(claim.commit(1))).to.equal('SHITOPS_E_FENCED')
      await heir.stop()
      expect((await bench.bus.fetchOffsets(group, [topic])).map(({ offset }) => offset)).to.deep.equal([3])
    },
  ],
  [
    'metadata of a commit is kept',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      await bench.bus.append(topic, numbered(1))
      const member = bench.member(group, [topic], {
        onBatch: async (batch, claim) => {
          await claim.commit(batch.nextOffset, 'up to "ünïcode"')
          member.abort()
        },
      })
      await member.over()
      expect(await bench.bus.fetchOffsets(group, [topic])).to.deep.equal([{ topic, partition: 0, offset: 1, metadata: 'up to "ünïcode"' }])
    },
  ],
  [
    'consuming a topic that is not there is refused',
    async (bench) => {
      const member = bench.member(unique('group'), [unique('nowhere')])
      expect(await codeOf(member.over().then((error) => Promise.reject(error)))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
    },
  ],
]
