import { expect } from 'chai'
import { framed } from '../../../../src/collectors/gnmi/client/message-frames.ts'
import { Inbox, type ReadMessage } from '../../../../src/collectors/gnmi/stream/inbox.ts'
import { Pump } from '../../../../src/collectors/gnmi/stream/pump.ts'
import type { Outlet } from '../../../../src/collectors/gnmi/stream/writer.ts'

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** An outlet that counts, and streams into it whose messages are written as they are. */
function setUp() {
  const written: string[][] = []
  let waiting: string[] = []
  const outlet: Outlet = {
    open: () => ({ notification: () => {}, malformed: () => {}, fact: () => {} }),
    get pending() {
      return waiting.reduce((sum, text) => sum + text.length, 0)
    },
    flush: async () => {
      if (waiting.length > 0) written.push(waiting)
      waiting = []
    },
  }
  const pump = new Pump(outlet)
  const stream = () => {
    const inbox = new Inbox({ pause: () => {}, resume: () => {} })
    const read: ReadMessage = (bytes, start, end) => waiting.push(bytes.toString('utf8', start, end))
    const self = { inbox, read }
    return (text: string) => {
      inbox.push({ bytes: framed(Buffer.from(text)), count: 1 }, 0)
      pump.notice(self)
    }
  }
  return { pump, stream, written }
}

describe('the pump between streams and outlet', () => {
  it('writes little by little what comes little by little, but not each piece by itself, and all of it', async () => {
    const { pump, stream, written } = setUp()
    const running = pump.run()
    const send = stream()
    const sent = Array.from({ length: 200 }, (_, i) => `${i}`)
    for (const text of sent) {
      send(text)
      await nextTurn()
      await nextTurn()
    }
    pump.stop()
    await running
    expect(written.flat()).to.deep.equal(sent)
    expect(written.length).to.be.within(1, 199)
  })

  it('writes the first piece after a rest without being told to stop', async () => {
    const { pump, stream, written } = setUp()
    const running = pump.run()
    stream()('first')
    while (written.length === 0) await nextTurn()
    expect(written).to.deep.equal([['first']])
    pump.stop()
    await running
  })

  it('writes the last piece too, when nothing more comes after it', async () => {
    const { pump, stream, written } = setUp()
    const running = pump.run()
    const send = stream()
    send('first')
    while (written.length === 0) await nextTurn()
    send('second')
    while (written.length === 1) await nextTurn()
    expect(written).to.deep.equal([['first'], ['second']])
    pump.stop()
    await running
  })
})
