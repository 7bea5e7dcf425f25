import { expect } from 'chai'
import { openBus } from '../../src/bus/open.ts'
import { refuseJob } from '../../src/cli/job-group.ts'
import { commitRecord, JOB_STATE, JOB_STATE_SPEC, NO_COMMIT } from '../../src/query/run/job-state.ts'
import { useTempDir } from '../support/temp-dir.ts'
import { thrownBy } from '../support/thrown-by.ts'

describe('group reset of a job', () => {
  const dir = useTempDir()

  it('is refused: the job would go on where it was all the same', async () => {
    const bus = await openBus(`embedded:${dir()}`)
    try {
      await refuseJob(bus, 'insights/a')
      await bus.createTopic(JOB_STATE_SPEC)
      await bus.append(JOB_STATE, [commitRecord('insights/a', NO_COMMIT, 1)])
      const error = await thrownBy(() => refuseJob(bus, 'insights/a'))
      expect(error).to.have.property('code', 'SHITOPS_E_USAGE')
      expect(error.message).to.match(/^insights\/a is a job/)
      await refuseJob(bus, 'workflow-conform')
    } finally {
      await bus.close()
    }
  })
})
