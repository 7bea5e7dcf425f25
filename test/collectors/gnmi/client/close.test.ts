import { expect } from 'chai'
import { GnmiConnection } from '../../../../src/collectors/gnmi/client/connection.ts'
import { HANG, ScriptedTarget } from '../../../../src/office/gnmi/scripted/index.ts'
import { thrownBy } from '../../../support/thrown-by.ts'

/** Longer than a test may take: nothing here ends because time is up. */
const LONG = 300_000

describe('closing a gNMI connection', () => {
  const targets: ScriptedTarget[] = []
  const listen = async () => {
    const target = await ScriptedTarget.listen()
    targets.push(target)
    return target
  }
  afterEach(async () => {
    for (const target of targets.splice(0)) await target.close()
  })

  it('ends the wait for one that does not come to be, at all its addresses', async () => {
    const silent = [await listen(), await listen()]
    for (const target of silent) target.onConnection = () => {}
    const connection = new GnmiConnection({ addresses: silent.map(({ address }) => address), connectTimeout: LONG })
    const waiting = thrownBy(() => connection.connect())
    for (const target of silent) await target.connected()
    connection.close()
    const { code, message } = await waiting
    expect([code, message]).to.deep.equal(['SHITOPS_E_GNMI_FAILED', `${silent[0]?.address}: the connection was closed`])
  })

  it('ends a call under way', async () => {
    const target = await listen()
    target.answers.Capabilities = HANG
    const connection = new GnmiConnection({ addresses: [target.address] })
    const waiting = thrownBy(() => connection.call('Capabilities', {}, { timeout: LONG }))
    await target.request()
    connection.close()
    expect(await waiting).to.include({ code: 'SHITOPS_E_GNMI_FAILED' })
  })
})
