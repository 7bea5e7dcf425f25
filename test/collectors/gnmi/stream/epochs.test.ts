import { expect } from 'chai'
import { ScriptedTarget } from '../../../../src/office/gnmi/scripted/index.ts'
import { collecting, NOW, SUBSCRIPTION, stopAll, targetAt } from '../support/collecting.ts'

describe('the epochs of a gNMI target', () => {
  let target: ScriptedTarget
  beforeEach(async () => {
    target = await ScriptedTarget.listen({ strict: true })
  })
  afterEach(async () => {
    await stopAll()
    await target.close()
  })

  it('are its streams’ own, so that no two records have one id', async () => {
    const subscriptions = ['fast', 'slow', 'rare'].map((name) => ({ ...SUBSCRIPTION, name }))
    const { bus, until, telemetry } = collecting([targetAt(target.address, { subscriptions })])
    for (let n = 1; n <= subscriptions.length; n++) {
      const stream = await target.subscribed(n)
      const update = [{ path: { elem: [{ name: 'a' }] }, val: { uint_val: String(n) } }]
      await stream.notify({ timestamp: `${NOW}000000`, update })
      await stream.notify({ timestamp: `${NOW}000000`, update })
    }
    await until('all', () => telemetry().filter(({ kind }) => kind === 'notification').length === 6)
    const ids = bus.records.map(({ headers = [] }) => {
      const one = new Map([...headers].map(([name, value]) => [name, String(value)]))
      return `${one.get('ce_source')} ${one.get('ce_id')}`
    })
    expect(new Set(ids).size).to.equal(ids.length)
    expect(new Set(telemetry().map(({ epoch }) => epoch)).size).to.equal(subscriptions.length)
  })
})
