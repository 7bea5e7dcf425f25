/** The batches of a source until it ends or the signal aborts, even while the source keeps its reader waiting. */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    while (!signal.aborted) {
      const next = await orAborted(iterator.next(), signal)
      if (!next || next.done) return
      yield next.value
    }
  } finally {
    // Not awaited: a generator that is waiting for its input would answer only when that comes.
    void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

/**
 * What the promise gives, or undefined once the signal aborts. A race against one promise for the whole run would keep every batch that
 * ever won it.
 */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined)
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
