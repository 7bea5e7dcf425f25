/**
 * The items of several sources as they come, each source's in its order and never more than one ahead. Ends when all have ended.
 * (Promise.race over the sources would leave a callback on the idle ones for every item of the busy ones.)
 */
export async function* interleave<T>(sources: ReadonlyArray<AsyncIterable<T>>): AsyncGenerator<T, void, undefined> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]())
  const arrived: Array<{ iterator: AsyncIterator<T>; result: IteratorResult<T> }> = []
  let failure: { error: unknown } | undefined
  let wake = () => {}
  const advance = (iterator: AsyncIterator<T>) =>
    void iterator.next().then(
      (result) => {
        arrived.push({ iterator, result })
        wake()
      },
      (error: unknown) => {
        failure ??= { error }
        wake()
      },
    )
  let open = iterators.length
  try {
    for (const iterator of iterators) advance(iterator)
    while (open > 0) {
      const next = arrived.shift()
      if (failure) throw failure.error
      if (!next) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      } else if (next.result.done) open--
      else {
        yield next.result.value
        advance(next.iterator)
      }
    }
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()))
  }
}
