import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { codeOf, readAll, removeDirectory, TestLogger, temporaryDirectory } from './support.ts'

const CHILD = fileURLToPath(new URL('./damage-child.ts', import.meta.url))
const TIMES = 30

describe('bus/embedded damage', () => {
  let base: string
  let original: string
  let directory: string

  before(async () => {
    base = temporaryDirectory()
    original = join(base, 'original')
    const bus = await openEmbeddedBus(`embedded:${original}`, {})
    await bus.createTopic({ name: 't', partitions: 1 })
    for (let i = 0; i < 20; i++) await bus.append('t', [{ key: null, value: Buffer.alloc(10_000, i) }])
    await bus.close()
  })

  after(() => removeDirectory(base))

  beforeEach(() => {
    directory = join(base, 'copy')
    removeDirectory(directory)
    cpSync(original, directory, { recursive: true })
  })

  const open = async (readOnly = false) => {
    const bus = await openEmbeddedBus(`embedded:${directory}`, { readOnly })
    await bus.close()
  }

  /** Refused with this code, both for writing and for reading, and not a byte changed. */
  async function refused(code: string): Promise<void> {
    const before = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'latin1')])
    expect(await codeOf(() => open())).to.equal(code)
    expect(await codeOf(() => open(true))).to.equal(code)
    expect(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'latin1')])).to.deep.equal(before)
  }

  it('garbage, an empty file and no file in place of the data are refused, never filled with a new store', async () => {
    writeFileSync(join(directory, 'data.mdb'), 'this is not a store'.repeat(1_000))
    await refused('SHITOPS_E_BUS_CORRUPT')
    truncateSync(join(directory, 'data.mdb'))
    await refused('SHITOPS_E_BUS_CORRUPT')
    rmSync(join(directory, 'data.mdb'))
    await refused('SHITOPS_E_BUS_CORRUPT')
  })

  it('a file that was cut is refused', async () => {
    truncateSync(join(directory, 'data.mdb'), 100_000)
    await refused('SHITOPS_E_BUS_CORRUPT')
  })

  it('a marker that cannot be read is refused', async () => {
    writeFileSync(join(directory, 'shitops-bus.json'), '{"format":')
    await refused('SHITOPS_E_BUS_CORRUPT')
  })

  it('a store of a newer shitops is refused', async () => {
    writeFileSync(join(directory, 'shitops-bus.json'), '{"format":2}')
    await refused('SHITOPS_E_BUS_UNSUPPORTED')
  })

  it('a directory of other things is refused and left alone', async () => {
    removeDirectory(directory)
    mkdirSync(directory)
    writeFileSync(join(directory, 'thesis.txt'), 'precious')
    expect(await codeOf(() => open())).to.equal('SHITOPS_E_BUS_URL')
    expect(readdirSync(directory)).to.deep.equal(['thesis.txt'])
  })

  it('an LMDB environment of another program is refused', async () => {
    removeDirectory(directory)
    const lmdb = await import('lmdb')
    const other = lmdb.open({ path: directory, noSubdir: false })
    await other.put('theirs', 1)
    await other.close()
    const before = readFileSync(join(directory, 'data.mdb'))
    expect(await codeOf(() => open())).to.equal('SHITOPS_E_BUS_CORRUPT')
    expect(readFileSync(join(directory, 'data.mdb')).equals(before)).to.equal(true)
  })

  it('a file in place of the directory is refused', async () => {
    removeDirectory(directory)
    writeFileSync(directory, '')
    expect(await codeOf(() => open())).to.equal('SHITOPS_E_BUS_URL')
  })

  it('a creation that was cut short is begun again', async () => {
    removeDirectory(directory)
    mkdirSync(directory)
    writeFileSync(join(directory, 'data.mdb'), '')
    writeFileSync(join(directory, 'shitops-bus.json.new'), '{"fo')
    await open()
    expect(existsSync(join(directory, 'shitops-bus.json'))).to.equal(true)
  })

  it('a damaged batch is skipped, told of with its offsets, and counted; the rest is read', async () => {
    const path = join(directory, 'data.mdb')
    const data = readFileSync(path)
    const inside = data.indexOf(Buffer.alloc(5_000, 7)) + 100
    data[inside] = 8
    writeFileSync(path, data)
    const logger = new TestLogger()
    const bus = await openEmbeddedBus(`embedded:${directory}`, { logger })
    expect((await readAll(bus, 't')).map(({ offset }) => offset)).to.deep.equal([
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      ...Array.from({ length: 12 }, (_, i) => i + 8),
    ])
    expect(logger.lines.join()).to.match(/t\/0: offsets 7 to 7 .*checksum/)
    expect((await bus.health()).warnings.join()).to.match(/1 offset is damaged/)
    await bus.append('t', [{ key: null, value: 'goes on' }])
    await bus.close()
  })

  it('health finds damage that nobody has met yet', async () => {
    const path = join(directory, 'data.mdb')
    const healthy = await openEmbeddedBus(`embedded:${directory}`, { readOnly: true })
    const { facts, warnings } = await healthy.health()
    expect([new Map(facts).get('checked'), warnings.filter((warning) => warning.includes('damaged'))]).to.deep.equal(['all', []])
    await healthy.close()
    const data = readFileSync(path)
    for (const value of [3, 12]) data[data.indexOf(Buffer.alloc(5_000, value)) + 100] = 99
    writeFileSync(path, data)
    const bus = await openEmbeddedBus(`embedded:${directory}`, { readOnly: true })
    expect((await bus.health()).warnings.join()).to.match(/2 offsets are damaged and cannot be read, the first t\/0@3 .*checksum/)
    await bus.close()
  })

  it('whatever the damage, nothing wrong is read, and no process dies or never ends', function () {
    this.timeout(120_000)
    const child = spawnSync(process.execPath, ['--import', 'tsx', CHILD, base, String(TIMES)], { encoding: 'utf8', timeout: 110_000 })
    expect(child.signal, `${child.error?.message} ${child.stderr}`).to.equal(null)
    expect(child.status, child.stderr).to.equal(0)
    const tally = JSON.parse(child.stdout) as Record<string, Record<string, number>>
    for (const [damage, outcomes] of Object.entries(tally)) {
      expect(
        Object.keys(outcomes).filter((outcome) => !['refused', 'reported', 'whole'].includes(outcome)),
        `${damage}: ${child.stdout}`,
      ).to.deep.equal([])
    }
    expect(tally.cut?.refused).to.be.greaterThan(TIMES / 2)
  })
})
