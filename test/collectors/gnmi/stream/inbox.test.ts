import { expect } from 'chai'
import { framed, PREFIX } from '../../../../src/collectors/gnmi/client/message-frames.ts'
import { Inbox, InboxRoom, type MessageRun } from '../../../../src/collectors/gnmi/stream/inbox.ts'

/** Messages that came together. */
const run = (...messages: Buffer[]): MessageRun => ({ bytes: Buffer.concat(messages.map(framed)), count: messages.length })
const KIB = run(Buffer.alloc(1_024 - PREFIX))

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
    const tiny = Buffer.alloc(1)
    for (let i = 0; i < 341; i++) inbox.push(run(tiny, tiny, tiny), 0)
    expect(call.paused).to.equal(false)
    inbox.push(run(tiny), 0)
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

  it('gives over what it has one by one in its order, with the times it came, and does in between what was to be done', () => {
    const room = new InboxRoom()
    const { inbox } = inboxIn(room)
    const taken: Array<[string, number]> = []
    const [a, b, none, c] = ['a', 'bb', '', 'c'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer, Buffer]
    inbox.push(run(a, b), 3)
    inbox.push(() => taken.push(['done', 0]), 0)
    inbox.push(run(none, c), 1)
    for (let left = 5; left > 0; left--) {
      expect(inbox.empty).to.equal(false)
      inbox.take((bytes, start, end, at) => taken.push([bytes.toString('utf8', start, end), at]))
    }
    expect(inbox.empty).to.equal(true)
    expect(room.bytes).to.equal(0)
    expect(taken).to.deep.equal([
      ['a', 3],
      ['bb', 3],
      ['done', 0],
      ['', 1],
      ['c', 1],
    ])
  })
})
