import { join } from 'node:path'
import { expect } from 'chai'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { followConformance } from '../../../src/cli/workflow/conform-follow.ts'
import { type Insight, toRecord, validateRecord, type WorkflowEvent } from '../../../src/events/index.ts'
import { Checker } from '../../../src/mining/conform/checker.ts'
import { parseRules } from '../../../src/mining/conform/parse-rules.ts'
import { at } from '../../mining/events.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { pastOf, thawed } from '../../support/thawed-bus.ts'

const RULES = `
rules:
  - {name: eyes, rule: four_eyes, activities: [submit, approve]}
  - {name: swift, rule: response, activity: submit, followed_by: approve, within: 1h}
`

describe('workflow conform --publish', () => {
  const dir = useTempDir()
  let bus: Bus
  beforeEach(async () => {
    bus = await openBus(`embedded:${join(dir(), 'bus')}`, {})
    await createMissing(bus, ['workflow_events', 'insights'])
  })
  afterEach(() => bus.close())

  const put = (...events: WorkflowEvent[]) =>
    bus.append(
      'workflow_events',
      events.map((event) => toRecord('workflow_events', event, { source: '/test' })),
    )

  async function insights(): Promise<Insight[]> {
    const ranges = await bus.offsets('insights')
    const found: Insight[] = []
    for await (const batch of bus.read({ topic: 'insights', partitions: ranges.map(({ partition }) => ({ partition, from: 0 })) })) {
      for (const { value } of batch) found.push(JSON.parse((value as Buffer).toString()))
    }
    return found.sort((a, b) => (a.subject < b.subject ? -1 : 1))
  }

  /** A run of the command, as of `minute`, until it has written `wanted` violations and committed all that is there; `during` is called once it runs. */
  async function run(minute: number, wanted: number, during: () => Promise<unknown> = async () => {}, own = bus): Promise<void> {
    const stop = new AbortController()
    const now = Date.parse(at(minute, 'x', 'y').event_time)
    // Time stands still; each sleep gives way, so that deadlines are looked for all the time.
    const clock = { now: () => now, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
    const options = { group: 'g', from: { kind: 'end' } as const, slackMs: 60_000, everyMs: 1 }
    const checker = new Checker(await parseRules(RULES, 'rules'))
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const logger = { ...silentLogger, info: () => begin() }
    const running = followConformance(checker, options, { bus: own, clock, logger, signal: stop.signal })
    await Promise.race([begun, running])
    await during()
    for (;;) {
      const ends = await bus.offsets('workflow_events')
      const commits = await bus.fetchOffsets('g', ['workflow_events'])
      const read = ends.every(
        ({ partition, latest }) => latest === 0 || (commits.find((c) => c.partition === partition)?.offset ?? -1) >= latest,
      )
      if (read && (await insights()).length >= wanted) break
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    stop.abort()
    await running
  }

  it('writes each violation once, over a stop, with cases that began before it', async () => {
    await put(at(0, 'a', 'submit', { person: 'p1' }), at(0, 'old', 'submit', { person: 'p9' }), at(1, 'old', 'approve', { person: 'p9' }))
    // The group is new: what was before is known, and not told.
    await run(10, 1, () => put(at(2, 'a', 'approve', { person: 'p1' }), at(5, 'b', 'submit', { person: 'p2' })))
    expect((await insights()).map(({ subject }) => subject)).to.deep.equal(['a/eyes'])
    // While nobody looked, b was approved by who had submitted it, and c waited too long.
    await put(at(20, 'b', 'approve', { person: 'p2' }), at(21, 'c', 'submit', { person: 'p3' }))
    await run(90, 3)
    await run(120, 3)
    const all = await insights()
    expect(all.map(({ subject }) => subject)).to.deep.equal(['a/eyes', 'b/eyes', 'c/swift'])
    for (const insight of all) expect(await validateRecord('insights', Buffer.from(JSON.stringify(insight)))).to.equal(null)
    const [, eyes] = all
    expect(eyes).to.deep.include({ insight: 'workflow_rule_broken', active: true, labels: { rule: 'eyes' } })
    expect(eyes?.evidence).to.have.lengthOf(2)
    const [first] = eyes?.evidence ?? []
    const place = { partition: first?.partition_id as number, from: first?.record_offset as number }
    for await (const batch of bus.read({ topic: 'workflow_events', partitions: [{ ...place, to: place.from + 1 }] })) {
      for (const { value } of batch) expect(JSON.parse((value as Buffer).toString())).to.include({ case_id: 'b', activity: 'submit' })
    }
  })

  it('tells nothing again although the coordinator of its group, frozen meanwhile, tells of older positions', async () => {
    await put(at(0, 'a', 'submit', { person: 'p1' }))
    await run(10, 0)
    const past = await pastOf(bus, { group: 'g' })
    await put(at(2, 'a', 'approve', { person: 'p1' }))
    await run(10, 1)
    await run(10, 2, () => put(at(3, 'b', 'submit', { person: 'p2' }), at(4, 'b', 'approve', { person: 'p2' })), thawed(bus, past))
    expect((await insights()).map(({ subject }) => subject)).to.deep.equal(['a/eyes', 'b/eyes'])
  })

  it('calls no deadline missed whose answer lies behind the end that the leader of the topic, frozen meanwhile, tells of', async () => {
    await put(at(0, 'a', 'submit', { person: 'p1' }), at(0, 'b', 'submit', { person: 'p2' }))
    await run(10, 0)
    const past = await pastOf(bus, { topics: ['workflow_events'] })
    await put(at(30, 'a', 'approve', { person: 'p9' }))
    let looked = () => {}
    const learns = new Promise<void>((resolve) => {
      looked = resolve
    })
    // b is late by then. It is looked for until the end is known.
    let times = 0
    const own = thawed(bus, { ...past, learns })
    const counting = new Proxy(own, {
      get(target, name) {
        if ((name === 'takeOver' || name === 'offsets') && ++times > 50) looked()
        return Reflect.get(target, name)
      },
    })
    await run(90, 1, async () => {}, counting)
    expect((await insights()).map(({ subject }) => subject)).to.deep.equal(['b/swift'])
  })

  it('knows the whole of the cases before although the leader of their topic, frozen meanwhile, tells of an older end', async () => {
    const past = await pastOf(bus, { topics: ['workflow_events'] })
    await put(at(0, 'a', 'submit', { person: 'p1' }))
    await run(10, 0)
    await run(10, 1, () => put(at(2, 'a', 'approve', { person: 'p1' })), thawed(bus, past))
    expect((await insights()).map(({ subject }) => subject)).to.deep.equal(['a/eyes'])
  })
})
