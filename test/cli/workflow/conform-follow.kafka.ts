import { expect } from 'chai'
import { type Clock, systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { followConformance } from '../../../src/cli/workflow/conform-follow.ts'
import { toRecord } from '../../../src/events/index.ts'
import { Checker } from '../../../src/mining/conform/checker.ts'
import type { Violation } from '../../../src/mining/conform/finding.ts'
import { parseRules } from '../../../src/mining/conform/parse-rules.ts'
import { at } from '../../mining/events.ts'
import { describeKafka, waitFor } from '../../support/kafka/index.ts'

const RULES = 'rules:\n  - {name: swift, rule: response, activity: submit, followed_by: approve, within: 1h}\n'

describeKafka('workflow conform --publish, on Kafka', {}, (kafka) => {
  it('tells of missed deadlines although the topic ends in markers and what was taken back, which nobody reads', async () => {
    const bus = await openBus(kafka().url())
    const stop = new AbortController()
    try {
      await createMissing(bus, ['workflow_events', 'insights'])
      const told: Violation[] = []
      let minute = 0
      const clock: Clock = { now: () => Date.parse(at(minute, 'x', 'y').event_time), sleep: (_, signal) => systemClock.sleep(20, signal) }
      let begin = () => {}
      const begun = new Promise<void>((resolve) => {
        begin = resolve
      })
      const following = followConformance(
        new Checker(await parseRules(RULES, 'rules')),
        { group: 'g', from: { kind: 'end' }, slackMs: 60_000, everyMs: 20, onViolation: (violation) => told.push(violation) },
        { bus, clock, logger: { ...silentLogger, info: () => begin() }, signal: stop.signal },
      )
      await Promise.race([begun, following])
      for (const id of ['a', 'b']) {
        await bus.append('workflow_events', [toRecord('workflow_events', at(minute, id, 'submit'), { source: '/test' })])
        // As an import begins: on each partition there is something now that is never read.
        await bus.takeOver('somebody', { topics: ['workflow_events'] })
        minute += 90
        await Promise.race([waitFor(`the deadline of ${id}`, () => told.some(({ case_id: told }) => told === id)), following])
      }
      expect(told.map(({ case_id: id }) => id)).to.deep.equal(['a', 'b'])
      stop.abort()
      expect(await following).to.deep.equal({ violations: 2 })
    } finally {
      stop.abort()
      await bus.close()
    }
  })
})
