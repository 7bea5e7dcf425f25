import { expect } from 'chai'
import { systemClock } from '../../../src/base/clock.ts'
import { ShitopsError } from '../../../src/base/errors.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { type JobUnit, runUnits } from '../../../src/query/run/job-units.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { thrownBy } from '../../support/thrown-by.ts'

describe('units of a job, where the only process that runs them is fenced', () => {
  const dir = useTempDir()
  let bus: Bus
  const url = () => `embedded:${dir()}`
  const open = () => openBus(url())
  beforeEach(async () => {
    bus = await open()
    await createMissing(bus, ['alert_log'])
  })
  afterEach(() => bus.close())

  const units = (run: JobUnit['run'], signal: AbortSignal) =>
    runUnits({
      ...{ bus, open, job: 'j', units: [{ name: 'u', run }], clock: systemClock, logger: silentLogger, signal },
      ...{ sessionTimeout: 1_000, fencedPatience: 100 },
    })

  it('takes them back, on a handle that may write, when the group has nobody else', async () => {
    const stop = new AbortController()
    let lives = 0
    await units(async (own) => {
      lives++
      const write = (by: Bus) =>
        by.transact({ id: 'w', appends: [{ topic: 'alert_log', records: [{ key: 'k', value: '{}', timestamp: 1, headers: [] }] }] })
      await write(own)
      if (lives === 1) {
        // What a broker does by itself after a transaction that stayed open for too long: our epoch is another's past.
        const other = await open()
        await write(other)
        await other.close()
        await write(own)
      }
      stop.abort()
    }, stop.signal)
    expect(lives).to.equal(2)
    const written = (await bus.offsets('alert_log')).reduce((sum, { latest }) => sum + latest, 0)
    expect(written).to.equal(3)
  })

  it('gives up when they are fenced again and again: somebody writes who is not in the group', async () => {
    let lives = 0
    const run = async () => {
      lives++
      throw new ShitopsError('SHITOPS_E_FENCED', 'a newer instance writes')
    }
    expect(await thrownBy(() => units(run, new AbortController().signal))).to.have.property('code', 'SHITOPS_E_FENCED')
    expect(lives).to.equal(4)
  })
})
