import { type Clock, systemClock } from '../../../src/base/clock.ts'

/** The system's clock, on which waiting takes a part of the time: seconds of patience are tested in moments. */
export const fastClock = (factor = 20): Clock => ({
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
})
