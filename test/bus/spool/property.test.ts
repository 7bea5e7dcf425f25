import { expect } from 'chai'
import fc from 'fast-check'
import { openBus } from '../../../src/bus/open.ts'
import { HandClock } from '../../support/hand-clock.ts'
import { readAll, removeDirectory, temporaryDirectory } from '../embedded/support.ts'
import { buryAll, eventually, type Mode, type Opened, openFlaky } from './support.ts'

type Step =
  | { kind: 'append'; key: number; count: number }
  | { kind: 'mode'; mode: Exclude<Mode, 'dead'> }
  | { kind: 'kill'; lastWords: boolean }
  | { kind: 'pass' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), key: fc.nat(3), count: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('mode' as const), mode: fc.constantFrom('up' as const, 'down' as const, 'deaf' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), lastWords: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'pass' as const }) },
)

describe('a spool, whatever happens', () => {
  afterEach(buryAll)

  it('outages, lost answers and kills anywhere: as if nothing had happened', async function () {
    this.timeout(120_000)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const places = [temporaryDirectory(), temporaryDirectory()] as const
        const target = () => openBus(`embedded:${places[0]}`)
        const clock = new HandClock()
        const setUp = await target()
        await setUp.createTopic({ name: 'events', partitions: 2 })
        await setUp.close()
        const wanted = new Map<string, string[]>()
        let next = 0
        let here: Opened = await openFlaky(places[1], target, { clock })
        try {
          for (const what of steps) {
            if (what.kind === 'append') {
              const key = `k${what.key}`
              const values = Array.from({ length: what.count }, () => String(next++))
              const records = values.map((value) => ({ key, value }))
              // An append is only over, and its records only promised, when it has said so.
              let over = false
              const appending = here.bus.append('events', records).finally(() => {
                over = true
              })
              await eventually('the append', () => over, clock, 500)
              await appending
              wanted.set(key, [...(wanted.get(key) ?? []), ...values])
            } else if (what.kind === 'mode') here.flaky.mode = what.mode
            else if (what.kind === 'pass') {
              clock.jump(1_000)
              await new Promise((resolve) => setTimeout(resolve, 1))
            } else {
              const { mode } = here.flaky
              here.flaky.lastWords = what.lastWords
              here.flaky.mode = 'dead'
              here = await openFlaky(places[1], target, { clock, mode })
            }
          }
          here.flaky.mode = 'up'
          await eventually('all is forwarded', async () => (await here.bus.stats()).waiting === 0, clock, 500)
          const reader = await target()
          const arrived = new Map<string, string[]>()
          for (const { key, value } of await readAll(reader, 'events'))
            arrived.set(String(key), [...(arrived.get(String(key)) ?? []), String(value)])
          await reader.close()
          expect(Object.fromEntries(arrived)).to.deep.equal(Object.fromEntries(wanted))
        } finally {
          await buryAll()
          for (const place of places) removeDirectory(place)
        }
      }),
      { numRuns: 40 },
    )
  })
})
