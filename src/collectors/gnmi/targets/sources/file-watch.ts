import { stat } from 'node:fs/promises'
import type { Clock } from '../../../../base/clock.ts'

export interface FileWatchOptions {
  clock: Clock
  /** ms between two looks; default 1,000. */
  interval?: number
  /** ms that the files have to stay as they are before a change is told; default 300. */
  settle?: number
}

/** Files that never come to rest are told about all the same after so many looks. */
const RESTLESS = 20

/**
 * Files that are looked at again and again. A look follows links and compares what the system says of the file (device, inode, size, times),
 * so it sees a file that is written in place, one that an editor puts in its place, a link of Kubernetes' that points somewhere else, a
 * change of its mode, one that is gone and one that is back, on network file systems too, where the system's own notices fail. One `stat`
 * a second is as good as nothing.
 */
export class FileWatch {
  readonly #clock: Clock
  readonly #interval: number
  readonly #settle: number
  #marks = new Map<string, string>()

  constructor({ clock, interval = 1_000, settle = 300 }: FileWatchOptions) {
    this.#clock = clock
    this.#interval = interval
    this.#settle = settle
  }

  /**
   * Watch these files from now on, and no others. To be called before they are read: what changes after that is told. One that was
   * watched before keeps its mark, so that no change falls between.
   */
  async mark(paths: Iterable<string>): Promise<void> {
    const marks = await looks(paths)
    for (const path of marks.keys()) marks.set(path, this.#marks.get(path) ?? marks.get(path) ?? '')
    this.#marks = marks
  }

  /** Once for each time that one of the files has changed and come to rest; several writes in a row are one change. */
  async *changes(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    while (!signal.aborted) {
      await this.#clock.sleep(this.#interval, signal)
      if (signal.aborted || !(await this.#changed())) continue
      await this.#rest(signal)
      if (!signal.aborted) yield
    }
  }

  async #changed(): Promise<boolean> {
    const before = this.#marks
    const marks = await looks(before.keys())
    return this.#marks === before && [...marks].some(([path, mark]) => mark !== before.get(path))
  }

  /** Waits until two looks in a row see the same, and remembers that. */
  async #rest(signal: AbortSignal): Promise<void> {
    let last = await looks(this.#marks.keys())
    for (let i = 0; i < RESTLESS && !signal.aborted; i++) {
      await this.#clock.sleep(this.#settle, signal)
      const now = await looks(this.#marks.keys())
      const still = [...now].every(([path, mark]) => last.get(path) === mark)
      last = now
      if (still) break
    }
    for (const path of this.#marks.keys()) this.#marks.set(path, last.get(path) ?? '')
  }
}

async function looks(paths: Iterable<string>): Promise<Map<string, string>> {
  return new Map(await Promise.all([...paths].map(async (path) => [path, await look(path)] as const)))
}

/** What the system says of a file; '' where there is none. The change time moves with everything, also with the mode. */
async function look(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found ? [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs, found.mode].join(' ') : ''
}
