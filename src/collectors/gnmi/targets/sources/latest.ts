import { untilAborted } from '../../../until-aborted.ts'

/**
 * The newest value of each source, all together, as often as one of them is new; the first time when every source has given one. Values that
 * come while the reader is busy are taken together. Ends when all sources have ended, or when the signal aborts.
 * @throws what a source throws
 */
export async function* latest<Values extends object>(
  sources: { [Name in keyof Values]: AsyncIterable<Values[Name]> },
  signal: AbortSignal,
): AsyncGenerator<Values, void, undefined> {
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  const values: Partial<Values> = {}
  const names = Object.keys(sources) as Array<keyof Values & string>
  let news = false
  let running = names.length
  let failure: { error: unknown } | undefined
  let wake = () => {}
  const follow = async (name: keyof Values & string) => {
    try {
      for await (const value of untilAborted(sources[name], stop)) {
        values[name] = value
        news = true
        wake()
      }
    } catch (error) {
      failure ??= { error }
    } finally {
      running--
      wake()
    }
  }
  for (const name of names) void follow(name)
  const woken = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })
  const abort = () => wake()
  signal.addEventListener('abort', abort, { once: true })
  try {
    while (!signal.aborted) {
      if (failure) throw failure.error
      if (news && names.every((name) => name in values)) {
        news = false
        yield { ...values } as Values
      } else if (running === 0) return
      else await woken()
    }
  } finally {
    signal.removeEventListener('abort', abort)
    over.abort()
  }
}
