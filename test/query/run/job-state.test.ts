import { expect } from 'chai'
import { commitRecord, JOB_STATE, NO_COMMIT, takeOverJob } from '../../../src/query/run/job-state.ts'
import { useJobBus } from './job-support.ts'

const JOBS = Array.from({ length: 24 }, (_, i) => `job ${i}`)

describe('what jobs have committed', () => {
  const { bus } = useJobBus()

  it('is read for many jobs together, each with a signal of its own, without a warning of too many listeners', async () => {
    await bus().append(
      JOB_STATE,
      JOBS.map((job, i) => commitRecord(job, { ...NO_COMMIT, time: i }, 0)),
    )
    const warnings: string[] = []
    const warned = ({ name }: Error) => void warnings.push(name)
    process.on('warning', warned)
    try {
      const found = await Promise.all(JOBS.map((job) => takeOverJob(bus(), job, new AbortController().signal)))
      expect(found.map((restored) => restored?.commit.time)).to.deep.equal(JOBS.map((_, i) => i))
      // Warnings come behind what has brought them about.
      await new Promise(setImmediate)
      expect(warnings).to.deep.equal([])
    } finally {
      process.off('warning', warned)
    }
  })
})
