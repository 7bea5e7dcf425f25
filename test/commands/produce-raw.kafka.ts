import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Bus } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { runCli } from '../support/cli.ts'
import { describeKafka } from '../support/kafka/index.ts'
import type { LiveCli } from '../support/live-cli.ts'
import { rawCases } from './support/raw-cases.ts'

/** dist must be built: `node scripts/build.mjs`. */
describeKafka('shitops produce --raw, on Kafka', { racks: ['a'] }, (kafka) => {
  const directory = mkdtempSync(join(tmpdir(), 'shitops-kafka-raw-'))
  const live: LiveCli[] = []
  const env = () => ({ SHITOPS_BUS: kafka().url() })
  let bus: Bus

  before(async () => {
    bus = await openBus(kafka().url())
  })
  after(async () => {
    for (const cli of live) await cli.signal('SIGKILL')
    await bus?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  rawCases(() => ({ bus, directory, env: env(), live }))

  it('a batch that the topic is too small for goes in parts', async () => {
    await bus.createTopic({ name: 'narrow', partitions: 1, config: { 'max.message.bytes': '20000', 'retention.ms': '-1' } })
    const lines = Array.from({ length: 5_000 }, (_, i) => `${i} ${'x'.repeat(i % 300)}`)
    const { code, stderr } = await runCli(['produce', 'narrow', '--raw'], { env: env(), input: lines.join('\n') })
    expect([code, stderr]).to.deep.equal([0, '5,000 records written to narrow.\n'])
    const values: string[] = []
    for await (const batch of bus.read({ topic: 'narrow', partitions: [{ partition: 0, from: 0 }] })) {
      for (const { value } of batch) values.push(String(value))
    }
    expect(values).to.deep.equal(lines)
  })

  it('a line that the topic does not take is refused by name, with those before it written', async () => {
    await bus.createTopic({ name: 'short', partitions: 1, config: { 'max.message.bytes': '20000', 'retention.ms': '-1' } })
    const { code, stderr } = await runCli(['produce', 'short', '--raw'], { env: env(), input: `one\n${'x'.repeat(30_000)}\nthree\n` })
    expect(code).to.equal(1)
    expect(stderr).to.contain('SHITOPS_E_RECORD_INVALID')
    const [{ latest } = { latest: -1 }] = await bus.offsets('short')
    expect(latest).to.equal(1)
  })

  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd']) {
    it(`writes ${compression}`, async () => {
      await bus.createTopic({ name: compression, partitions: 1, config: { 'retention.ms': '-1' } })
      const url = kafka().url({ compression })
      const lines = Array.from({ length: 20_000 }, (_, i) => `{"n":${i},"site":"access-${i % 40}"}`)
      expect((await runCli(['produce', compression, '--raw', '--bus', url], { input: lines.join('\n') })).code).to.equal(0)
      const values: string[] = []
      for await (const batch of bus.read({ topic: compression, partitions: [{ partition: 0, from: 0 }] })) {
        for (const { value } of batch) values.push(String(value))
      }
      expect(values.findIndex((value, i) => value !== lines[i])).to.equal(-1)
      expect(values).to.have.length(lines.length)
    })
  }
})
