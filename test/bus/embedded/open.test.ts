import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { parseEmbeddedUrl } from '../../../src/bus/embedded/url.ts'
import { codeOf, readAll, removeDirectory, temporaryDirectory, until } from './support.ts'

describe('bus/embedded opening', () => {
  let directory: string

  beforeEach(() => {
    directory = join(temporaryDirectory(), 'bus')
  })

  afterEach(() => removeDirectory(join(directory, '..')))

  it('creates the directory and its files for this user only', async () => {
    const bus = await openEmbeddedBus(`embedded:${directory}`, {})
    await bus.close()
    expect(statSync(directory).mode & 0o777).to.equal(0o700)
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o077, name).to.equal(0)
  })

  it('keeps everything from one opening to the next', async () => {
    const first = await openEmbeddedBus(`embedded:${directory}`, {})
    await first.createTopic({ name: 't', partitions: 2, config: { 'cleanup.policy': 'delete' } })
    await first.append('t', [{ key: 'k', value: 'v', headers: [['h', '1']] }])
    await first.commitOffsets('g', [{ topic: 't', partition: 0, offset: 1, metadata: 'm' }])
    await first.close()
    const second = await openEmbeddedBus(`embedded:${directory}`, {})
    expect(await second.listTopics()).to.deep.equal(['t'])
    expect((await second.describeTopic('t')).config).to.deep.equal({ 'cleanup.policy': 'delete' })
    expect((await readAll(second, 't')).map(({ key, value, headers }) => [String(key), String(value), headers.length])).to.deep.equal([
      ['k', 'v', 1],
    ])
    expect(await second.fetchOffsets('g', ['t'])).to.deep.equal([{ topic: 't', partition: 0, offset: 1, metadata: 'm' }])
    await second.close()
  })

  it('the last of several buses on one directory closes the store', async () => {
    const [one, two] = await Promise.all([openEmbeddedBus(`embedded:${directory}`, {}), openEmbeddedBus(`embedded:${directory}`, {})])
    await one.createTopic({ name: 't', partitions: 1 })
    await one.close()
    await two.append('t', [{ key: null, value: 'still open' }])
    await two.close()
    const three = await openEmbeddedBus(`embedded:${directory}`, {})
    expect(await readAll(three, 't')).to.have.length(1)
    await three.close()
  })

  it('read-only reads, and refuses to write', async () => {
    const writer = await openEmbeddedBus(`embedded:${directory}`, {})
    await writer.createTopic({ name: 't', partitions: 1 })
    await writer.append('t', [{ key: null, value: 'v' }])
    await writer.close()
    const reader = await openEmbeddedBus(`embedded:${directory}`, { readOnly: true })
    expect(await readAll(reader, 't')).to.have.length(1)
    expect(await reader.listGroups()).to.deep.equal([])
    expect((await reader.health()).facts.length).to.be.greaterThan(3)
    for (const write of [
      () => reader.append('t', [{ key: null, value: 'x' }]),
      () => reader.createTopic({ name: 'u', partitions: 1 }),
      () => reader.commitOffsets('g', [{ topic: 't', partition: 0, offset: 0 }]),
      () => reader.consume({ group: 'g', topics: ['t'], start: 'earliest', signal: AbortSignal.abort(), onBatch: async () => {} }),
    ]) {
      expect(await codeOf(write)).to.equal('SHITOPS_E_BUS_UNSUPPORTED')
    }
    expect(await codeOf(() => openEmbeddedBus(`embedded:${directory}`, {}))).to.equal('SHITOPS_E_BUS_UNSUPPORTED')
    await reader.close()
  })

  it('read-only creates nothing', async () => {
    expect(await codeOf(() => openEmbeddedBus(`embedded:${directory}`, { readOnly: true }))).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
    mkdirSync(directory)
    expect(await codeOf(() => openEmbeddedBus(`embedded:${directory}`, { readOnly: true }))).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
  })

  it('a directory that may not be written is told of', async function () {
    if (process.getuid?.() === 0) this.skip()
    const parent = join(directory, '..', 'locked')
    mkdirSync(parent)
    chmodSync(parent, 0o500)
    expect(await codeOf(() => openEmbeddedBus(`embedded:${join(parent, 'bus')}`, {}))).to.equal('SHITOPS_E_NOT_ALLOWED')
    chmodSync(parent, 0o700)
    rmSync(parent, { recursive: true })
  })

  it('a place where nobody may create a directory is told of, and does not hang', async function () {
    if (process.platform !== 'linux') this.skip()
    expect(await codeOf(() => openEmbeddedBus('embedded:/sys/shitops/bus', {}))).to.equal('SHITOPS_E_NOT_ALLOWED')
    expect(await codeOf(() => openEmbeddedBus('embedded:/proc/shitops/bus', {}))).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
  })

  it('a store without its marker is told of to readers; a writer goes on with it', async () => {
    const first = await openEmbeddedBus(`embedded:${directory}`, {})
    await first.createTopic({ name: 't', partitions: 1 })
    await first.close()
    rmSync(join(directory, 'shitops-bus.json'))
    const refusal = await openEmbeddedBus(`embedded:${directory}`, { readOnly: true }).catch((error: unknown) => error)
    expect(refusal).to.include({ code: 'SHITOPS_E_BUS_UNAVAILABLE' })
    expect(String(refusal)).to.include('shitops-bus.json is missing')
    const writer = await openEmbeddedBus(`embedded:${directory}`, {})
    await writer.close()
    const reader = await openEmbeddedBus(`embedded:${directory}`, { readOnly: true })
    expect(await reader.listTopics()).to.deep.equal(['t'])
    await reader.close()
  })

  it('with mustExist a writer creates nothing', async () => {
    const opening = () => openEmbeddedBus(`embedded:${directory}`, { mustExist: true })
    expect(await codeOf(opening)).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
    expect(existsSync(directory)).to.equal(false)
  })

  it('a store that is removed while it is open takes no more records', async () => {
    const bus = await openEmbeddedBus(`embedded:${directory}`, {})
    await bus.createTopic({ name: 't', partitions: 1 })
    rmSync(directory, { recursive: true })
    const append = () => bus.append('t', [{ key: null, value: 'v' }])
    await until('the refusal', async () => (await codeOf(append)) === 'SHITOPS_E_BUS_UNAVAILABLE')
    await bus.close()
  })

  it('health tells path, size, LMDB and readers', async () => {
    const bus = await openEmbeddedBus(`embedded:${directory}`, {})
    await bus.createTopic({ name: 't', partitions: 1 })
    await bus.append('t', [{ key: null, value: 'v' }])
    const facts = Object.fromEntries((await bus.health()).facts)
    expect(facts.path).to.equal(directory)
    expect(facts.records).to.equal('1')
    expect(facts.topics).to.equal('1')
    expect(facts.LMDB).to.match(/^\d+\.\d+\.\d+$/)
    expect(facts.readers).to.match(/^\d+ of \d+$/)
    expect(facts.file).to.match(/[KM]iB$/)
    await bus.close()
  })

  it('the URL: a directory, and options by their Kafka names', () => {
    expect(parseEmbeddedUrl('embedded:/var/bus?retention.ms=1000&max.bytes=5')).to.deep.equal({
      directory: '/var/bus',
      topicDefaults: { 'retention.ms': '1000' },
      maxBytes: 5,
    })
    expect(parseEmbeddedUrl('embedded:data').directory).to.equal(join(process.cwd(), 'data'))
  })

  it('a URL that cannot be read names what is wrong', async () => {
    for (const [url, hint] of [
      ['embedded:', 'directory'],
      ['embedded:x?retentoin.ms=1', 'retention.ms'],
      ['embedded:x?max.bytes=lots', 'max.bytes'],
    ] as const) {
      const error = await openEmbeddedBus(url, {}).catch((reason: unknown) => reason)
      const { code, message, suggestions } = error as { code: string; message: string; suggestions: string[] }
      expect(code, url).to.equal('SHITOPS_E_BUS_URL')
      expect([message, ...suggestions].join(' '), url).to.include(hint)
    }
    expect(await codeOf(() => openEmbeddedBus(`embedded:${directory}?retention.ms=soon`, {}))).to.equal('SHITOPS_E_TOPIC_INVALID')
  })
})
