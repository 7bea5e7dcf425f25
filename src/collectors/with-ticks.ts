import type { Clock } from '../base/clock.ts'

/** The batches of a source, and an empty one whenever it was silent for `every` ms, so that time can go on without input. */
export async function* withTicks<T>(source: AsyncIterable<readonly T[]>, clock: Clock, every: number): AsyncGenerator<readonly T[]> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    while (true) {
      const arrived = new AbortController()
      let next: IteratorResult<readonly T[]> | undefined
      const pending = iterator.next().then((result) => {
        next = result
      })
      // One handler for a promise that may stay open for days, not one for each tick.
      void pending.finally(() => arrived.abort()).catch(() => {})
      while (!arrived.signal.aborted) {
        await clock.sleep(every, arrived.signal)
        if (!arrived.signal.aborted) yield []
      }
      await pending
      if (!next || next.done) return
      yield next.value
    }
  } finally {
    void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}
