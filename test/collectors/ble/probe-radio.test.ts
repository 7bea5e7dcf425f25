import { expect } from 'chai'
import { type Noble, noRadio } from '../../../src/collectors/ble/noble.ts'
import { probeRadio } from '../../../src/collectors/ble/probe-radio.ts'

describe('probeRadio', () => {
  it('tells a radio from none, and what to do about none', async () => {
    expect(await probeRadio(async () => ({ state: 'poweredOn' }) as Noble)).to.deep.equal({
      status: 'ok',
      detail: '@abandonware/noble loads; the adapter is poweredOn',
    })
    const none = await probeRadio(async () => Promise.reject(noRadio('no Bluetooth here')))
    expect(none).to.include({ status: 'warning', detail: 'no Bluetooth here' })
    expect(none.next).to.match(/--source/)
  })

  it('does not take a fault of its own for a missing radio', async () => {
    const error = await probeRadio(async () => Promise.reject(new TypeError('a slip'))).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(TypeError)
  })
})
