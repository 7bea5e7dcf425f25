import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { runCli } from '../../support/cli.ts'
import { describeKafka } from '../../support/kafka/index.ts'
import { TOUR } from './tour.ts'

/** The last line of brokers before 4.0, which took the oldest versions of requests away; the other suites run on the newest. */
describeKafka('a broker of Kafka 3.9', { version: '3.9' }, (kafka) => {
  for (const client of ['wire', 'kafkajs']) {
    describe(`client=${client}`, () => {
      const names = { topic: `t-${client}`, sink: `sink-${client}`, group: `g-${client}`, writer: `w-${client}` }
      let bus: Bus

      before(async () => {
        bus = await openBus(kafka().url({ client }))
      })
      after(() => bus.close())

      for (const [step, run] of TOUR) it(step, () => run(bus, names))
    })
  }

  it('topic plan, apply and check, and cluster describe, by the command line', async () => {
    const home = await mkdtemp(join(tmpdir(), 'shitops-older-'))
    const cli = (...args: string[]) => runCli(args, { cwd: home, env: { SHITOPS_BUS: kafka().url() } })
    try {
      const topics = '  trades: { partitions: 2, retention: 7d }\n'
      await writeFile(join(home, 'topics.yaml'), `version: 1\ndefaults: { replication: 1, min_insync: 1 }\ntopics:\n${topics}`)
      const planned = await cli('topic', 'plan')
      expect(planned.code, planned.stderr).to.equal(3)
      expect(planned.stdout).to.match(/\+ trades +create with 2 partitions/)
      const applied = await cli('topic', 'apply')
      expect(applied.code, applied.stderr).to.equal(0)
      expect((await cli('topic', 'plan')).stdout).to.include('Nothing to do')
      const checked = await cli('topic', 'check', '--json')
      expect([0, 3], checked.stderr).to.include(checked.code)
      expect(JSON.parse(checked.stdout)).to.be.an('object')
      const described = await cli('cluster', 'describe')
      expect(described.code, described.stderr).to.equal(0)
      expect(described.stdout).to.include('trades')
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  })
})
