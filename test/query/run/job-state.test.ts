import { expect } from 'chai'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { JOB_STATE_SPEC, takeOverJob } from '../../../src/query/run/job-state.ts'
import { useTempDir } from '../../support/temp-dir.ts'

describe('state of jobs', () => {
  const dir = useTempDir()
  let bus: Bus
  const warnings: string[] = []
  const warned = ({ message }: Error) => warnings.push(message)
  beforeEach(async () => {
    warnings.length = 0
    process.on('warning', warned)
    bus = await openBus(`embedded:${dir()}`)
    await bus.createTopic(JOB_STATE_SPEC)
  })
  afterEach(async () => {
    process.off('warning', warned)
    await bus.close()
  })

  it('is read by more than ten parts of a job at once without a warning of Node at the terminal', async () => {
    const { signal } = new AbortController()
    const found = await Promise.all(Array.from({ length: 13 }, (_, i) => takeOverJob(bus, `j@${i}of13`, signal)))
    expect(found).to.deep.equal(Array.from({ length: 13 }, () => undefined))
    // Node gives warnings out in a turn of their own.
    await new Promise(setImmediate)
    expect(warnings).to.deep.equal([])
  })
})
