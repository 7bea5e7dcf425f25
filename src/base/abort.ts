/** The items of `source` until the signal aborts; one that is waited for then is left behind. */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  while (!signal.aborted) {
    const result = await orAborted(iterator.next(), signal)
    if (!result || result.done) return
    yield result.value
  }
}

/** What the promise gives, or undefined once the signal aborts. Leaves no listener behind. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined)
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
