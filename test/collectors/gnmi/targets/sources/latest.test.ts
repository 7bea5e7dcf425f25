import { expect } from 'chai'
import { latest } from '../../../../../src/collectors/gnmi/targets/sources/latest.ts'

/** A source that a test feeds. */
class Fed<T> implements AsyncIterable<T> {
  readonly #values: T[] = []
  #end: { error?: Error } | undefined
  #wake = () => {}

  give(...values: T[]): void {
    this.#values.push(...values)
    this.#wake()
  }

  end(error?: Error): void {
    this.#end = error ? { error } : {}
    this.#wake()
  }

  async *[Symbol.asyncIterator]() {
    while (true) {
      while (this.#values.length > 0) yield this.#values.shift() as T
      if (this.#end?.error) throw this.#end.error
      if (this.#end) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the newest of several sources', () => {
  it('comes when each has given something, then with each change, and what comes meanwhile is taken together', async () => {
    const [a, b] = [new Fed<number>(), new Fed<string>()]
    const all = latest({ a, b }, new AbortController().signal)
    const first = all.next()
    a.give(1)
    a.give(2)
    await turn()
    b.give('x')
    expect((await first).value).to.deep.equal({ a: 2, b: 'x' })
    a.give(3, 4)
    b.give('y')
    await turn()
    expect((await all.next()).value).to.deep.equal({ a: 4, b: 'y' })
    const next = all.next()
    a.give(5)
    expect((await next).value).to.deep.equal({ a: 5, b: 'y' })
    b.end()
    await turn()
    a.give(6)
    a.end()
    expect((await all.next()).value).to.deep.equal({ a: 6, b: 'y' })
    expect((await all.next()).done).to.equal(true)
  })

  it('ends with the signal, also while nothing comes, and with a source that never gives anything', async () => {
    const stop = new AbortController()
    const all = latest({ a: new Fed<number>(), b: new Fed<number>() }, stop.signal)
    const next = all.next()
    stop.abort()
    expect((await next).done).to.equal(true)
  })

  it('fails with the first source that fails', async () => {
    const [a, b] = [new Fed<number>(), new Fed<number>()]
    const all = latest({ a, b }, new AbortController().signal)
    a.give(1)
    b.end(new Error('broken'))
    const error = await all.next().then(
      () => undefined,
      (thrown: Error) => thrown.message,
    )
    expect(error).to.equal('broken')
  })
})
