import { HandClock } from '../../../../support/hand-clock.ts'

/** A clock that stands still until a test moves it, and then stops wherever somebody wakes. */
export class ManualClock extends HandClock {
  constructor(now = 1_700_000_000_000) {
    super(now)
  }

  /** Let time pass; whoever wakes up in between does its work at its own time. */
  async advance(ms: number): Promise<void> {
    const end = this.now() + ms
    await settled()
    for (;;) {
      const due = this.nextDue
      if (due === undefined || due > end) break
      this.jump(Math.max(0, due - this.now()))
      await settled()
    }
    this.set(end)
    await settled()
  }
}

/** All that was ready to run has run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve))
}
