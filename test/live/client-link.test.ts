import { expect } from 'chai'
import { type ClientState, type SocketLike, StreamClient } from '../../src/live/client.ts'
import type { ServerFrame } from '../../src/live/protocol.ts'

class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onerror: ((event: { message?: string }) => void) | null = null
  onclose: ((event: { code: number; reason?: string }) => void) | null = null
  readonly protocols: string[]
  readonly sent: unknown[] = []
  closed = false

  constructor(protocols: string[]) {
    this.protocols = protocols
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }

  close(): void {
    this.closed = true
  }

  gives(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
}

const hello = { type: 'hello', id: '', data: { channels: [{ channel: 'finance', topics: [] }] } }
const delta = (id: string) => ({ type: 'delta', id, data: { channel: 'finance', changes: [] } })
const snapshot = (id: string, last: boolean) => ({ type: 'snapshot', id, data: { channel: 'finance', first: true, last, changes: [] } })

describe('the client: when it connects, and what it goes on from', () => {
  let now: number
  let timers: Array<{ at: number; act: () => void }>
  let sockets: FakeSocket[]
  let states: ClientState[]
  let frames: ServerFrame[]
  let link: StreamClient

  const pass = (ms: number) => {
    const end = now + ms
    for (;;) {
      const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      timers = timers.filter((timer) => timer !== due)
      now = due.at
      due.act()
    }
    now = end
  }
  const socket = () => sockets.at(-1) as FakeSocket

  beforeEach(() => {
    now = 0
    timers = []
    sockets = []
    states = []
    frames = []
    link = new StreamClient({
      ...{ url: 'http://127.0.0.1:7468', token: 'secret' },
      connect: (_url, protocols) => {
        sockets.push(new FakeSocket(protocols))
        return socket()
      },
      onFrame: (frame) => frames.push(frame),
      onState: (state) => states.push(state),
      now: () => now,
      random: () => 0.5,
      after: (ms, act) => {
        const timer = { at: now + ms, act }
        timers.push(timer)
        return () => {
          timers = timers.filter((each) => each !== timer)
        }
      },
    })
    link.start()
  })

  it('offers the token as a subprotocol, and subscribes to the first channel that it opens', () => {
    expect(socket().protocols).to.eql(['shitops.v1', 'auth.secret'])
    socket().gives(hello)
    expect(socket().sent).to.eql([{ type: 'subscribe', data: { channel: 'finance' } }])
  })

  it('goes on after the last frame that was taken in, and not after half a snapshot', () => {
    socket().gives(hello)
    socket().gives(snapshot('5', false))
    socket().onclose?.({ code: 1006 })
    pass(60_000)
    socket().gives(hello)
    expect(socket().sent).to.eql([{ type: 'subscribe', data: { channel: 'finance' } }])
    socket().gives(snapshot('6', true))
    socket().gives(delta('7'))
    socket().onclose?.({ code: 1001 })
    expect(states.at(-1)).to.equal('stale')
    pass(60_000)
    socket().gives(hello)
    expect(socket().sent).to.eql([{ type: 'subscribe', data: { channel: 'finance', since: '7' } }])
  })

  it('begins afresh when the server does not know the place', () => {
    socket().gives(hello)
    socket().gives(delta('7'))
    socket().onclose?.({ code: 1006 })
    pass(60_000)
    socket().gives(hello)
    socket().gives({ type: 'error', id: '', data: { code: 'x', message: 'no', suggestions: [] } })
    socket().onclose?.({ code: 1006 })
    pass(60_000)
    socket().gives(hello)
    expect(socket().sent).to.eql([{ type: 'subscribe', data: { channel: 'finance' } }])
  })

  it('waits longer with each attempt that fails, half a minute and a little at most', () => {
    socket().gives(hello)
    socket().gives(delta('1'))
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      socket().onclose?.({ code: 1006 })
      const at = timers[0]?.at ?? 0
      waits.push(at - now)
      pass(at - now)
    }
    expect(waits).to.eql([...waits].sort((a, b) => a - b))
    expect(waits[0]).to.be.lessThan(1_000)
    expect(waits.at(-1)).to.equal(15_250)
  })

  it('is stale when not even a heartbeat comes, and then takes the connection for dead', () => {
    socket().gives(hello)
    socket().gives(delta('1'))
    const first = socket()
    pass(22_600)
    expect(states.at(-1)).to.equal('quiet')
    pass(23_000)
    expect(first.closed).to.equal(true)
    expect(sockets).to.have.length(2)
    // What a dead one still says is of no interest.
    first.gives(delta('9'))
    expect(frames.at(-1)?.id).to.equal('1')
  })

  it('gives up on a token that the server does not take', () => {
    socket().gives(hello)
    socket().onclose?.({ code: 4401 })
    expect(states.at(-1)).to.equal('ended')
    pass(600_000)
    link.again()
    expect(sockets).to.have.length(1)
  })

  it('says so when the handshake fails again and again without a word, and comes in when it is let in', () => {
    for (let i = 0; i < 3; i++) {
      socket().onclose?.({ code: 1006 })
      pass(20_000)
    }
    expect(states).to.eql(['connecting', 'connecting', 'refused'])
    socket().gives(hello)
    socket().gives(snapshot('1', true))
    expect(states.at(-1)).to.equal('live')
  })

  it('takes a server that is not there for one that is not there', () => {
    for (let i = 0; i < 5; i++) {
      socket().onerror?.({ message: 'connect ECONNREFUSED 127.0.0.1:7468' })
      socket().onclose?.({ code: 1006 })
      pass(20_000)
    }
    expect(new Set(states)).to.eql(new Set(['connecting']))
  })

  it('shows another channel from its begin, and stays with it', () => {
    socket().gives(hello)
    socket().gives(delta('7'))
    link.show('operations')
    expect(socket().sent.at(-1)).to.eql({ type: 'subscribe', data: { channel: 'operations' } })
    socket().onclose?.({ code: 1006 })
    pass(60_000)
    socket().gives(hello)
    expect(socket().sent).to.eql([{ type: 'subscribe', data: { channel: 'operations' } }])
  })

  it('comes back at once when it is told that the network is there again', () => {
    socket().gives(hello)
    socket().gives(delta('1'))
    socket().onclose?.({ code: 1006 })
    link.again()
    expect(sockets).to.have.length(2)
    pass(60_000)
    expect(sockets).to.have.length(3)
  })

  it('passes over what it has had', () => {
    const change = (offset: number) => ({ topic: 'insights', partition: 0, offset, key: 'k', time: '', value: {} })
    socket().gives(hello)
    socket().gives({ type: 'delta', id: '2', data: { channel: 'finance', changes: [change(0), change(1)] } })
    socket().gives({ type: 'delta', id: '3', data: { channel: 'finance', changes: [change(1), change(2)] } })
    expect(frames.at(-1))
      .to.have.nested.property('data.changes')
      .that.eql([change(2)])
  })
})
