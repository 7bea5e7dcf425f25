import { expect } from 'chai'
import { importAndKill } from '../collectors/workflow/import/killing.ts'
import { describeKafka } from '../support/kafka/index.ts'

/** dist must be built: `node scripts/build.mjs`. */
describeKafka('shitops workflow import, on Kafka', { racks: ['a'] }, (kafka) => {
  it('gives each event once, however often it is killed', async () => {
    let state = 11
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
    const { kills, events, onBus, twice } = await importAndKill({ kills: 3, bytes: 4e6, random, url: kafka().url() })
    expect([kills, onBus, twice]).to.deep.equal([3, events, 0])
  })
})
