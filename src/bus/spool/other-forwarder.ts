import type { Clock } from '../../base/clock.ts'
import type { Progress } from './progress.ts'
import type { SpoolStore } from './store.ts'

/** Another process that has moved nothing for this long while something waits is taken for gone. */
const OTHER_IDLE_MS = 10_000
const OTHER_LOOK_MS = 250

export interface OtherWatch {
  store: SpoolStore
  clock: Clock
  signal: AbortSignal
  progress: Progress
  /** Told whenever the other one has moved on. */
  onMoved(): void
}

/** While another process forwards from the spool: follow what it notes. Resolves when it has moved nothing for a while although something waits. */
export async function watchOtherForwarder({ store, clock, signal, progress, onMoved }: OtherWatch): Promise<void> {
  let idleSince = clock.now()
  while (!signal.aborted) {
    await clock.sleep(OTHER_LOOK_MS, signal)
    const noted = await store.position()
    const { end } = await store.bounds()
    const moved = progress.follow(noted)
    if (moved || noted.position >= end) idleSince = clock.now()
    if (moved) onMoved()
    if (clock.now() - idleSince > OTHER_IDLE_MS) return
  }
}
