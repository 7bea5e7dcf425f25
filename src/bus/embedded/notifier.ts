import { type FSWatcher, watch } from 'node:fs'

/** Where file events get lost (network mounts, full inotify tables) a follower is at most this late. */
const POLL_MS = 250

/**
 * Says when the store may have changed, by this process or another. LMDB writes the data file at each commit, so a watch on the
 * directory fires once a commit, about a millisecond after it. A change is a number that grew: read {@link version}, look at
 * the store, then {@link wait} for a newer one; nothing can fall between.
 */
export class Notifier {
  version = 0
  readonly #directory: string
  readonly #waiting = new Set<() => void>()
  #watcher: FSWatcher | undefined
  /** Runs only while someone waits; referenced, so that a process that only follows stays alive. */
  #poll: NodeJS.Timeout | undefined

  constructor(directory: string) {
    this.#directory = directory
  }

  /** The store may have changed. */
  bump(): void {
    this.version++
    if (this.#waiting.size === 0) return
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    clearInterval(this.#poll)
    this.#poll = undefined
    for (const wake of waiting) wake()
  }

  /** Resolves when there is a version other than `seen`, or when the signal aborts. */
  wait(seen: number, signal?: AbortSignal): Promise<void> {
    if (this.version !== seen || signal?.aborted) return Promise.resolve()
    this.#watcher ??= this.#watch()
    this.#poll ??= setInterval(() => this.bump(), POLL_MS)
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      }
      const aborted = () => {
        this.#waiting.delete(wake)
        this.#stopPollingIfIdle()
        resolve()
      }
      this.#waiting.add(wake)
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  close(): void {
    this.#watcher?.close()
    this.#watcher = undefined
    this.bump()
  }

  #stopPollingIfIdle(): void {
    if (this.#waiting.size > 0) return
    clearInterval(this.#poll)
    this.#poll = undefined
  }

  /** Without file events (inotify limits, odd file systems) the poll alone carries on. */
  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(this.#directory, { persistent: false }, () => this.bump())
      watcher.on('error', () => watcher.close())
      return watcher
    } catch {
      return undefined
    }
  }
}
