import { expect } from 'chai'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka } from '../../support/kafka/index.ts'

describeKafka('settings of a topic', {}, (kafka) => {
  it('are changed one by one: what is not named stays as it is', async () => {
    const bus = await openBus(kafka().url())
    try {
      await bus.createTopic({ name: 'set', partitions: 1, config: { 'min.insync.replicas': '1', 'retention.ms': '60000' } })
      await bus.alterTopic?.('set', { 'retention.ms': '90000' }, { validateOnly: true })
      expect((await bus.describeTopic('set')).config['retention.ms']).to.equal('60000')
      await bus.alterTopic?.('set', { 'retention.ms': '90000', 'cleanup.policy': 'compact' })
      const wanted = { 'min.insync.replicas': '1', 'retention.ms': '90000', 'cleanup.policy': 'compact' }
      expect((await bus.describeTopic('set')).config).to.deep.equal(wanted)
      await bus.alterTopic?.('set', { 'retention.ms': null })
      expect((await bus.describeTopic('set')).config).to.deep.equal({ 'min.insync.replicas': '1', 'cleanup.policy': 'compact' })
      const error = await bus.alterTopic?.('set', { 'retention.ms': 'soon' }).catch((reason: unknown) => reason)
      expect((error as unknown as { code?: string }).code).to.equal('SHITOPS_E_TOPIC_INVALID')
    } finally {
      await bus.close()
    }
  })
})
