import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Both halves of V8's young generation, bytes; by itself V8 gives it twice that. */
const YOUNG_BYTES = 16 << 20

/**
 * Lets the heap grow by so much of what is in use before it is cleaned, and not to four times as V8 does by itself: with 10,000 devices of
 * LibreNMS 75 MB are in use, and the first read would make 300 MB of it (bench/librenms-sync.ts).
 */
export function keepHeapSmall(percent = 50): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`)
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
