import { expect } from 'chai'
import { Inbox, InboxRoom } from '../../../../src/collectors/gnmi/stream/inbox.ts'

const KIB = Buffer.alloc(1_024)

/** An inbox of a call that says whether it is held back. */
function inboxIn(room: InboxRoom) {
  const call = {
    paused: false,
    pause() {
      this.paused = true
    },
    resume() {
      this.paused = false
    },
  }
  const inbox = new Inbox(call, room)
  const fill = (kib: number) => {
    for (let i = 0; i < kib && !call.paused; i++) inbox.push(KIB, i)
  }
  const drain = () => {
    while (!inbox.empty) inbox.take(() => {})
    inbox.release()
  }
  return { inbox, call, fill, drain }
}

describe('the inbox of a stream', () => {
  it('holds the call back at a mebibyte, and lets it go on when it is empty', () => {
    const { inbox, call, fill, drain } = inboxIn(new InboxRoom())
    fill(1_023)
    expect(call.paused).to.equal(false)
    fill(1)
    expect({ paused: call.paused, held: inbox.held }).to.deep.equal({ paused: true, held: true })
    inbox.take(() => {})
    inbox.release()
    expect(call.paused).to.equal(true)
    drain()
    expect({ paused: call.paused, held: inbox.held }).to.deep.equal({ paused: false, held: false })
  })

  it('holds the call back at many small messages too', () => {
    const { inbox, call } = inboxIn(new InboxRoom())
    for (let i = 0; i < 1_023; i++) inbox.push(Buffer.alloc(1), 0)
    expect(call.paused).to.equal(false)
    inbox.push(Buffer.alloc(1), 0)
    expect(call.paused).to.equal(true)
  })

  it('leaves each of very many streams only a little, so that all of them together stay bounded', () => {
    const room = new InboxRoom()
    const all = Array.from({ length: 500 }, () => inboxIn(room))
    for (const { fill } of all) fill(2_000)
    expect(all.every(({ call }) => call.paused)).to.equal(true)
    expect(room.bytes).to.be.below((32 << 20) + 500 * (17 << 10))
    for (const { drain } of all) drain()
    expect(room.bytes).to.equal(0)
    expect(all.some(({ call }) => call.paused)).to.equal(false)
  })

  it('gives over what it has in its order, with the times it came', () => {
    const { inbox } = inboxIn(new InboxRoom())
    for (const at of [3, 1, 2]) inbox.push(Buffer.from(`${at}`), at)
    const taken: Array<[string, number]> = []
    while (!inbox.empty) inbox.take((item, at) => taken.push([String(item), at]))
    expect(taken).to.deep.equal([
      ['3', 3],
      ['1', 1],
      ['2', 2],
    ])
  })
})
