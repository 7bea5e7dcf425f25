import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka } from '../../support/kafka/index.ts'

const MIB = 1024 * 1024
const PARTITIONS = 16
const PER_PARTITION = 8 * MIB
/** In all: the buffer, one answer on its way, and what the loader and V8 do meanwhile. */
const ALLOWED = 20 * MIB

describeKafka('memory', {}, (kafka) => {
  it('a reader that takes one batch and then nothing holds a few megabytes of a topic of 128', async () => {
    const bus = await openBus(kafka().url({ bufferBytes: '2MiB' }))
    await bus.createTopic({ name: 'large', partitions: PARTITIONS })
    const value = Buffer.alloc(64 * 1024, 'x')
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await bus.append(
        'large',
        Array.from({ length: PER_PARTITION / value.length }, () => ({ key: null, value, partition })),
      )
    }
    const before = process.memoryUsage().arrayBuffers
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, from: 0 }))
    let most = 0
    let read = 0
    for await (const batch of bus.read({ topic: 'large', partitions })) {
      if (read === 0) {
        for (let i = 0; i < 20; i++) {
          await sleep(50)
          most = Math.max(most, process.memoryUsage().arrayBuffers - before)
        }
      }
      read += batch.count
    }
    await bus.close()
    expect(read).to.equal((PARTITIONS * PER_PARTITION) / value.length)
    expect(most).to.be.below(ALLOWED)
  })

  it('appends that wait for room in the buffer keep their order', async () => {
    const bus = await openBus(kafka().url({ bufferBytes: '1MiB', batchBytes: '128KiB' }))
    await bus.createTopic({ name: 'flood', partitions: 1 })
    const value = Buffer.alloc(1024, 'x')
    const appends = Array.from({ length: 50 }, (_, n) =>
      bus.append(
        'flood',
        Array.from({ length: 100 }, () => ({ key: `${n}`, value })),
      ),
    )
    const order = (await Promise.all(appends)).map(([result]) => result?.baseOffset)
    expect(order).to.deep.equal(Array.from({ length: 50 }, (_, n) => n * 100))
    await bus.close()
  })
})
