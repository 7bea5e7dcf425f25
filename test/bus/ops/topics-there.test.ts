import { expect } from 'chai'
import { loadAlertBook } from '../../../src/alerts/alert-book.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { topicsThere } from '../../../src/bus/ops/topics-there.ts'
import { historyOf, openEvidence } from '../../../src/cli/alert/show.ts'
import { ownServer } from '../../../src/cli/dash/own-server.ts'
import { makePlan } from '../../../src/cli/topics/plan.ts'
import type { Alert } from '../../../src/events/event-types.ts'
import { examplesOf } from '../../../src/events/index.ts'
import { parseTokens } from '../../../src/server/access/tokens.ts'
import { FED_TOPICS } from '../../../src/server/feed/topics.ts'
import { serve } from '../../../src/server/serve.ts'
import { deniedBus } from '../../support/denied-bus.ts'
import { removeDirectory, temporaryDirectory } from '../embedded/support.ts'
import { codeOf } from './support.ts'

/** A cluster leaves what a user may not see out of its lists: that must not be taken for what is not there. */
describe('topics that this user may not see', () => {
  let directory: string
  let bus: Bus
  beforeEach(async () => {
    directory = temporaryDirectory()
    bus = await openBus(`embedded:${directory}`)
    await createMissing(bus, ['alerts', 'alert_log', 'alert_silences', 'alert_acks'])
  })
  afterEach(async () => {
    await bus.close()
    removeDirectory(directory)
  })

  it('are a refusal, and those that are not there are none', async () => {
    expect([...(await topicsThere(bus, ['alerts', 'nothing', 'alert_log']))]).to.deep.equal(['alerts', 'alert_log'])
    expect(await codeOf(topicsThere(deniedBus(bus, ['alert_log']), ['alerts', 'alert_log']))).to.equal('SHITOPS_E_BUS_AUTH')
  })

  it('are not made: the refusal is of seeing them', async () => {
    const denied = deniedBus(bus, ['alerts', 'insights'])
    const refused = await createMissing(denied, ['alerts']).catch((error: Error) => error.message)
    expect(refused).to.contain('topic "alerts"')
    expect(await codeOf(createMissing(denied, ['insights']))).to.equal('SHITOPS_E_BUS_AUTH')
  })

  it('are not planned to be created', async () => {
    const { plan } = await makePlan(bus, ['insights'], {})
    expect(plan.steps.map(({ kind }) => kind)).to.deep.equal(['create'])
    expect(await codeOf(makePlan(deniedBus(bus, ['insights']), ['insights'], {}))).to.equal('SHITOPS_E_BUS_AUTH')
  })

  for (const topic of ['alerts', 'alert_silences', 'alert_acks']) {
    it(`alerts are not "none" without ${topic}`, async () => {
      expect(await codeOf(loadAlertBook(deniedBus(bus, [topic])))).to.equal('SHITOPS_E_BUS_AUTH')
    })
  }

  it('an alert is shown without the events behind it, saying so, and not without its history', async () => {
    const alert = (await examplesOf('alerts')).full as unknown as Alert
    const evidence = [{ topic: 'device_metrics', partition_id: 0, record_offset: 0 }] as Alert['evidence']
    await bus.createTopic({ name: 'device_metrics', partitions: 1 })
    const behind = { ...alert, evidence } as Alert
    expect((await openEvidence(deniedBus(bus, ['device_metrics']), behind))[0]).to.include({ denied: true })
    expect((await openEvidence(bus, behind))[0]).to.not.have.property('denied')
    expect(await codeOf(historyOf(deniedBus(bus, ['alert_log']), alert))).to.equal('SHITOPS_E_BUS_AUTH')
  })

  describe('a server', () => {
    const options = {
      ...{ clock: systemClock, logger: silentLogger, places: { hosts: [], origins: [] }, host: '127.0.0.1', port: 0 },
      ...{ insights: new Map(), writable: false, webRoot: '/nowhere', version: '0', maxClients: 1 },
    }
    const withTokens = () => ({ ...options, tokens: parseTokens('ops operations 0123456789abcdef0123456789', 'test') })

    it('does not start where a topic is hidden', async () => {
      await createMissing(bus, [...FED_TOPICS.map(({ topic }) => topic), 'audit_log'])
      expect(await codeOf(serve({ ...withTokens(), bus: deniedBus(bus, ['insights']) }))).to.equal('SHITOPS_E_BUS_AUTH')
    })

    it('says that it will never be ready where a topic may be seen and not read, and nobody is left waiting', async () => {
      await createMissing(bus, [...FED_TOPICS.map(({ topic }) => topic), 'audit_log'])
      const denied = deniedBus(bus, ['insights'], { seen: true })
      const server = await serve({ ...withTokens(), bus: denied })
      expect(await codeOf(server.loaded)).to.equal('SHITOPS_E_BUS_AUTH')
      const ready = await fetch(`${server.url}/-/ready`)
      expect(ready.status).to.equal(503)
      await server.close()
      expect(await codeOf(ownServer(denied, { author: 'desk', clock: systemClock }))).to.equal('SHITOPS_E_BUS_AUTH')
    })

    it('shows everything but the jobs where those alone may not be read', async () => {
      await bus.createTopic({ name: 'job_state', partitions: 1 })
      const warnings: string[] = []
      const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) }
      const server = await serve({ ...withTokens(), logger, bus: deniedBus(bus, ['job_state'], { seen: true }), watchEvery: 10 })
      await server.loaded
      await server.watch.look()
      await server.watch.look()
      await server.close()
      expect(server.watch.topics.map(({ topic }) => topic)).to.include('alerts')
      expect(warnings.filter((line) => line.startsWith('jobs are not shown'))).to.have.length(1)
    })
  })
})
