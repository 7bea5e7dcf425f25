import { expect } from 'chai'
import { describeKafka } from '../support/kafka/index.ts'
import { runOffice } from './run-office.ts'

describeKafka('the demo on Kafka', {}, (kafka) => {
  it('detects all four incidents and raises nothing else, as on the embedded bus', async () => {
    await runOffice({ seed: 1, day: 22 * 60_000, url: kafka().url() }, (_bus, { score, job }) => {
      expect(score.incidents).to.have.length(4)
      expect(score).to.include({ precision: 1, recall: 1 })
      expect(job).to.include({ late: 0, unreadable: 0 })
    })
  })
})
