import { expect } from 'chai'
import fc from 'fast-check'
import { decodeCheckpoint, decodeHeartbeat, decodeOffsetSync } from '../../../../src/bus/kafka/mirror/formats.ts'
import { checkpoint, heartbeat, offsetSync } from './mm2-records.ts'

type Bytes = Buffer | null
const name = fc.string({ maxLength: 40 })
const offset = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const partition = fc.nat(1000)
const EXAMPLES = { offsetSync: offsetSync('t', 1, 2, 3), checkpoint: checkpoint('g', 't', 1, 2, 3), heartbeat: heartbeat('a', 'b', 4) }
const DECODERS = { offsetSync: decodeOffsetSync, checkpoint: decodeCheckpoint, heartbeat: decodeHeartbeat }

describe('the records of MirrorMaker 2', () => {
  it('offset syncs, checkpoints and heartbeats are read as they were written', () => {
    fc.assert(
      fc.property(name, name, partition, offset, offset, (group, topic, at, upstream, downstream) => {
        const sync = offsetSync(topic, at, upstream, downstream)
        expect(decodeOffsetSync(sync.key as Bytes, sync.value as Bytes)).to.deep.equal({ topic, partition: at, upstream, downstream })
        const point = checkpoint(group, topic, at, upstream, downstream)
        expect(decodeCheckpoint(point.key as Bytes, point.value as Bytes)).to.deep.equal({
          group,
          topic,
          partition: at,
          upstream,
          downstream,
        })
        const beat = heartbeat(group, topic, upstream)
        expect(decodeHeartbeat(beat.key as Bytes, beat.value as Bytes)).to.deep.equal({ source: group, target: topic, at: upstream })
      }),
    )
  })

  for (const [kind, decode] of Object.entries(DECODERS)) {
    it(`${kind}: tombstones, other versions and bytes of any kind never throw`, () => {
      const { key, value } = EXAMPLES[kind as keyof typeof EXAMPLES]
      const [wholeKey, wholeValue] = [key as Buffer, value as Buffer]
      expect(decode(wholeKey, wholeValue)).to.not.equal(null)
      expect(decode(wholeKey, null)).to.equal(null)
      const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array))
      fc.assert(fc.property(bytes, bytes, (key, value) => void decode(key, value)))
      expect(decode(wholeKey.subarray(0, 3), wholeValue), 'a key that is cut off').to.equal(null)
      expect(decode(wholeKey, wholeValue.subarray(0, 9)), 'a value that is cut off').to.equal(null)
    })
  }

  it('a later version is not guessed at', () => {
    const { key, value } = checkpoint('g', 't', 1, 2, 3)
    const later = Buffer.from(value as Buffer)
    later.writeInt16BE(1)
    expect(decodeCheckpoint(key as Bytes, later)).to.equal(null)
  })
})
