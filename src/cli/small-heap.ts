import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Busyness } from './busyness.ts'

/** Both halves of V8's young generation, bytes; by itself V8 gives it twice that. */
const YOUNG_BYTES = 16 << 20

/**
 * Lets the heap grow by so much of what is in use before it is cleaned, and not to four times as V8 does by itself: with 10,000 devices of
 * LibreNMS 75 MB are in use, and the first read would make 300 MB of it (bench/librenms-sync.ts).
 */
export function keepHeapSmall(percent = 50): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`)
}

/** Percent that the heap may grow by before it is cleaned. */
export interface HeapGrowth {
  /** While there is little to do: a collection costs time that nobody misses. */
  calm: number
  /** While most of a core is used: each collection takes it from the work. */
  busy: number
}

/**
 * As {@link keepHeapSmall}, by how busy this process is. V8 sets its next limit only at a full collection, and a calm process would take minutes
 * until it has filled what a busy one was allowed (connecting to a thousand targets is busy): so once it is calm, one is asked for.
 */
export function keepHeapSmallWhenCalm({ calm, busy }: HeapGrowth): void {
  keepHeapSmall(calm)
  const now = () => [performance.eventLoopUtilization().active, performance.now()] as const
  const busyness = new Busyness(...now())
  new PerformanceObserver(() => {
    if (!busyness.look(...now())) return
    keepHeapSmall(busyness.busy ? busy : calm)
    if (!busyness.busy) void collectAll()
  }).observe({ entryTypes: ['gc'] })
}

/** A full collection, in a turn of its own: afterwards nothing is held by garbage in the old generation, and V8 has a new limit. */
export async function collectAll(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as (options: { type: 'major'; execution: 'async' }) => Promise<void>
  setFlagsFromString('--no-expose-gc')
  await gc({ type: 'major', execution: 'async' })
}

/**
 * For a process that takes in much and keeps none of it. Its young generation has half of what V8 would let it have: the other half would
 * hold garbage. And nothing is put into the old generation at birth: while a thousand connections are made most objects last, V8 concludes
 * that those of messages will too, and they lie there until the next full collection (bench/gnmi-targets.ts).
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
  // V8 reads its limit once, at the start of the process, but the step to grow by each time. In a burst it takes several; so what is wanted is
  // taken now, when nothing else goes on: V8 grows once enough has outlived a collection.
  const lasting: number[][] = []
  for (let i = 0; i < MOST_LASTING && youngBytes() < YOUNG_BYTES; i++) {
    growBy(Math.round(YOUNG_BYTES / youngBytes()))
    lasting.push(new Array<number>(LASTING).fill(i))
  }
  growBy(1)
  // It shrinks in a quiet hour, and is to grow back.
  new PerformanceObserver(() => growBy(youngBytes() < YOUNG_BYTES ? 2 : 1)).observe({ entryTypes: ['gc'] })
}

/** Numbers at once, 32 KB; V8 is to have grown after some 2 MB. */
const LASTING = 4_096
const MOST_LASTING = 512

const growBy = (factor: number) => setFlagsFromString(`--semi-space-growth-factor=${factor}`)
const youngBytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size || YOUNG_BYTES
