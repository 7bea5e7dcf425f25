import { expect } from 'chai'
import type { ShitopsError } from '../../../src/base/errors.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka } from '../../support/kafka/index.ts'
import { OwnTime } from '../../support/own-time.ts'

const properties = { 'advertised.listeners': 'PLAINTEXT://broker.invalid:9092' }

describeKafka('a broker that advertises a name which is not known here', { properties }, (kafka) => {
  it('is refused when the bus is opened, naming both addresses', async () => {
    const passed = new OwnTime()
    const error: ShitopsError = await openBus(kafka().url()).then(
      () => Promise.reject(new Error('it should have been refused')),
      (reason) => reason,
    )
    expect(error.code).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
    expect(error.message).to.include(kafka().address(1)).and.include('broker.invalid:9092').and.not.include('\n')
    expect(error.suggestions.join()).to.include('advertised.listeners')
    expect(passed.stop()).to.be.below(10_000)
  })
})
