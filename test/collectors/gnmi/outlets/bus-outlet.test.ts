import { expect } from 'chai'
import { compileMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import { ScriptedTarget } from '../../../../src/office/gnmi/scripted/index.ts'
import { collecting, NOW, stopAll, targetAt } from '../support/collecting.ts'

const operStatus = (text: string) => ({
  timestamp: `${NOW}000000`,
  update: [
    {
      path: { elem: [{ name: 'interfaces' }, { name: 'interface', key: { name: 'e1' } }, { name: 'state' }, { name: 'oper-status' }] },
      val: { json_ietf_val: Buffer.from(text) },
    },
  ],
})

describe('gNMI on the bus', () => {
  let target: ScriptedTarget
  beforeEach(async () => {
    target = await ScriptedTarget.listen({ strict: true })
  })
  afterEach(async () => {
    await stopAll()
    await target.close()
  })

  it('has a value that is no JSON as a dead letter and no sample, and what comes after it', async () => {
    const { bus, until, telemetry, metrics, stop, ended } = collecting([targetAt(target.address)], { mappings: await compileMappings() })
    const stream = await target.subscribed(1)
    await stream.notify(operStatus('"\\q"'))
    await stream.notify(operStatus('"UP"'))
    await until('the good one', () => bus.of('device_metrics').length > 0)
    expect(bus.of('device_metrics')[0]).to.include({ metric: 'if_oper_status', instance: 'e1', value: 1 })
    expect(telemetry().filter(({ kind }) => kind === 'notification')).to.have.length(2)
    expect(bus.records.filter(({ topic }) => topic === 'device_telemetry.dlq')).to.have.length(1)
    stop()
    await ended
    expect(metrics.toJSON()).to.include({ malformed: 1, unreadable: 1 })
  })

  it('has a message that we fail at as a dead letter, and what others and it send after that', async () => {
    const mappings = await compileMappings()
    const verdict = mappings.verdict.bind(mappings)
    let failures = 1
    mappings.verdict = (prefix, path) => {
      if (failures-- > 0) throw new TypeError('we did not think of that')
      return verdict(prefix, path)
    }
    const { bus, until, stop, ended, metrics, logger } = collecting([targetAt(target.address)], { mappings })
    const stream = await target.subscribed(1)
    await stream.notify(operStatus('"DOWN"'))
    await stream.notify(operStatus('"UP"'))
    await until('the good one', () => bus.of('device_metrics').length > 0)
    stop()
    await ended
    expect(bus.records.filter(({ topic }) => topic === 'device_telemetry.dlq')).to.have.length(1)
    expect(metrics.toJSON()).to.include({ malformed: 1 })
    expect(logger.lines.join('\n')).to.match(/a bug: we did not think of that/)
  })
})
