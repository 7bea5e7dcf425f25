import { expect } from 'chai'
import type { ServerFrame } from '../../../src/live/protocol.ts'
import { Link, type LinkState, type Socket } from '../../../src/web/link/link.ts'

class FakeSocket implements Socket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
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

describe('web/link', () => {
  let now: number
  let timers: Array<{ at: number; act: () => void }>
  let sockets: FakeSocket[]
  let states: LinkState[]
  let frames: ServerFrame[]
  let link: Link

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
    link = new Link({
      token: 'secret',
      open: (protocols) => {
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
    expect(states.at(-1)).to.equal('lost')
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
    expect(states.at(-1)).to.equal('stale')
    pass(23_000)
    expect(first.closed).to.equal(true)
    expect(sockets).to.have.length(2)
    // What a dead one still says is of no interest.
    first.gives(delta('9'))
    expect(frames.at(-1)?.id).to.equal('1')
  })

  it('gives up on a token that the server does not take, and says so when the handshake fails again and again', () => {
    socket().gives(hello)
    socket().onclose?.({ code: 4401 })
    expect(states.at(-1)).to.equal('refused')
    pass(600_000)
    expect(sockets).to.have.length(1)
    link.start()
    for (let i = 0; i < 3; i++) {
      socket().onclose?.({ code: 1006 })
      pass(60_000)
    }
    expect(states).to.include.members(['lost', 'refused'])
  })
})
