import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { codeOf, readAll, removeDirectory, TestClock, temporaryDirectory, until } from './support.ts'

const VALUE = Buffer.alloc(10_000, 1)
const MOST_APPENDS = 5_000

describe('bus/embedded full', () => {
  let directory: string

  beforeEach(() => {
    directory = temporaryDirectory()
  })

  afterEach(() => removeDirectory(directory))

  it('max.bytes refuses records, not reading, offsets or topics, and retention makes room', async () => {
    const clock = new TestClock(1_000_000)
    const bus = await openEmbeddedBus(`embedded:${directory}?max.bytes=100000`, { clock })
    await bus.createTopic({ name: 't', partitions: 1, config: { 'retention.ms': '1000' } })
    const append = () => bus.append('t', [{ key: null, value: VALUE }])
    let appended = 0
    while ((await codeOf(append)) === 'none') appended++
    expect(appended).to.equal(9)
    expect(await codeOf(append)).to.equal('SHITOPS_E_BUS_FULL')
    expect(await codeOf(bus.transact({ id: 'w', appends: [{ topic: 't', records: [{ key: null, value: VALUE }] }] }))).to.equal(
      'SHITOPS_E_BUS_FULL',
    )
    expect(await readAll(bus, 't')).to.have.length(9)
    await bus.commitOffsets('g', [{ topic: 't', partition: 0, offset: 9 }])
    await bus.createTopic({ name: 'u', partitions: 1 })
    clock.ms += 10_000
    await until('there is room again', async () => (await codeOf(append)) === 'none')
    await bus.close()
  })

  it('on a full disk the writer is refused, readers go on, and writing goes on when there is room', async function () {
    const mounted = mountTmpfs(directory, '8m')
    if (!mounted) {
      console.log('      (skipped: mounting a small file system needs root)')
      this.skip()
    }
    const ballast = join(directory, 'ballast')
    const bus = await openEmbeddedBus(`embedded:${join(directory, 'bus')}`, {})
    try {
      await bus.createTopic({ name: 't', partitions: 1 })
      let appended = 0
      while (appended < MOST_APPENDS && (await codeOf(bus.append('t', [{ key: null, value: VALUE }]))) === 'none') appended++
      expect(appended).to.be.within(100, 800)
      expect(await codeOf(bus.append('t', [{ key: null, value: VALUE }]))).to.equal('SHITOPS_E_BUS_FULL')
      await bus.commitOffsets('g', [{ topic: 't', partition: 0, offset: 1 }])
      fill(ballast)
      // LMDB would die of SIGBUS, and take this process with it.
      expect(await codeOf(openEmbeddedBus(`embedded:${join(directory, 'another')}`, {}))).to.equal('SHITOPS_E_BUS_FULL')
      expect(await codeOf(bus.append('t', [{ key: null, value: VALUE }]))).to.equal('SHITOPS_E_BUS_FULL')
      expect(await codeOf(bus.createTopic({ name: 'u', partitions: 1 }))).to.equal('SHITOPS_E_BUS_FULL')
      expect(await readAll(bus, 't')).to.have.length(appended)
      rmSync(ballast)
      execFileSync('mount', ['-o', 'remount,size=16m', directory])
      await bus.append('t', [{ key: null, value: VALUE }])
      expect((await readAll(bus, 't')).map(({ offset }) => offset)).to.deep.equal(Array.from({ length: appended + 1 }, (_, i) => i))
    } finally {
      await bus.close()
      execFileSync('umount', [directory])
    }
  })
})

function mountTmpfs(directory: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Take what is left of the disk. */
function fill(path: string): void {
  for (const size of [1 << 20, 1 << 16, 1 << 12]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch {
      // This size does not fit any more: the next smaller one may.
    }
  }
}
