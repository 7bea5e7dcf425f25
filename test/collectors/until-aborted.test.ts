import { expect } from 'chai'
import { Counters } from '../../src/collectors/metrics.ts'
import { untilAborted } from '../../src/collectors/until-aborted.ts'

describe('a source until the signal aborts', () => {
  const read = async (source: AsyncIterable<number>, signal: AbortSignal, each: (n: number) => void = () => {}) => {
    const seen: number[] = []
    for await (const n of untilAborted(source, signal)) {
      seen.push(n)
      each(n)
    }
    return seen
  }
  async function* numbers(log: string[]) {
    try {
      for (let n = 1; n <= 3; n++) yield n
    } finally {
      log.push('closed')
    }
  }

  it('is the whole source when nothing aborts, and the source is closed', async () => {
    const log: string[] = []
    expect(await read(numbers(log), new AbortController().signal)).to.deep.equal([1, 2, 3])
    expect(log).to.deep.equal(['closed'])
  })

  it('ends after the batch in hand, and closes the source', async () => {
    const stop = new AbortController()
    const log: string[] = []
    expect(await read(numbers(log), stop.signal, (n) => n === 2 && stop.abort())).to.deep.equal([1, 2])
    expect(log).to.deep.equal(['closed'])
  })

  it('ends while the source keeps its reader waiting', async () => {
    const stop = new AbortController()
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => {}) }) }
    const reading = read(never, stop.signal)
    stop.abort()
    expect(await reading).to.deep.equal([])
  })

  it('passes on what the source throws', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1
      throw new Error('gone')
    }
    const error = await read(broken(), new AbortController().signal).catch((reason: unknown) => reason)
    expect(String(error)).to.include('gone')
  })
})

describe('counters', () => {
  it('resolve who waits for a value, at once or when it comes', async () => {
    const counters = new Counters()
    const signal = new AbortController().signal
    await counters.reaches('received', 0, signal)
    const waiting = counters.reaches('received', 3, signal)
    let reached = false
    void waiting.then(() => {
      reached = true
    })
    counters.add('received', 2)
    counters.add('lost', 5)
    await new Promise(setImmediate)
    expect(reached).to.equal(false)
    counters.add('received')
    await waiting
    expect(counters.toJSON()).to.deep.equal({ lost: 5, received: 3 })
  })

  it('let go of who waits when the signal aborts', async () => {
    const stop = new AbortController()
    const waiting = new Counters().reaches('received', 1, stop.signal)
    stop.abort()
    await waiting
  })
})
