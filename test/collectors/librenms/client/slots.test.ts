import { expect } from 'chai'
import { Slots } from '../../../../src/collectors/librenms/client/slots.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('Slots', () => {
  it('lets in what is urgent first, and each kind in its order', async () => {
    const slots = new Slots(1)
    const order: string[] = []
    const leave = await slots.take()
    const asks = (['a', 'b', 'U', 'c', 'V'] as const).map(async (name) => {
      const done = await slots.take(name < 'a')
      order.push(name)
      await turn()
      done()
    })
    leave()
    await Promise.all(asks)
    expect(order.join('')).to.equal('UVabc')
  })

  it('lets nobody wait who gives way where nothing is urgent', async () => {
    const slots = new Slots(1)
    await slots.take()
    await slots.giveWay(1e9)
  })

  it('holds up who gives way until the last that is urgent has left, also one that still waits for its turn', async () => {
    const slots = new Slots(2)
    const leave = await slots.take()
    const first = await slots.take(true)
    const second = slots.take(true)
    let gone = false
    const giving = slots.giveWay(1e9).then(() => {
      gone = true
    })
    first()
    await turn()
    expect(gone).to.equal(false)
    leave()
    ;(await second)()
    await giving
  })

  it('holds up nobody for longer than he wants', async () => {
    const slots = new Slots(2)
    await slots.take(true)
    await slots.giveWay(1)
  })
})
