import { expect } from 'chai'
import { openBus } from '../../../src/bus/open.ts'
import { KEY, ScriptedBroker } from '../../support/kafka/scripted-broker.ts'
import { thrownBy } from '../../support/thrown-by.ts'

describe('a Kafka bus that is closed', () => {
  it('tries no more what was under way, whatever the delivery timeout', async () => {
    const broker = await ScriptedBroker.listen()
    try {
      const bus = await openBus(`${broker.url}?deliveryTimeout=1h`)
      broker.script = { [KEY.listOffsets]: () => 'hang up' }
      const asking = thrownBy(() => bus.offsets('t'))
      while (broker.requests.filter(({ apiKey }) => apiKey === KEY.listOffsets).length < 2)
        await new Promise((resolve) => setTimeout(resolve, 5))
      await bus.close()
      expect((await asking).code).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
    } finally {
      await broker.close()
    }
  })
})
