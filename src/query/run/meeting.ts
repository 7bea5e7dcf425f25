/** Where so many jobs that read to the end of their input meet: all learn how far time has come in any of them. */
class Meeting {
  readonly #expected: number
  readonly #newest: Promise<number>
  #arrived = 0
  #latest = Number.NEGATIVE_INFINITY
  #open!: (newest: number) => void

  constructor(expected: number) {
    this.#expected = expected
    this.#newest = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  /** @param newest ms; waits for all others */
  arrive(newest: number): Promise<number> {
    this.#latest = Math.max(this.#latest, newest)
    if (++this.#arrived >= this.#expected) this.#open(this.#latest)
    return this.#newest
  }

  /** One of them will not come: the others go on with what is known. */
  miss(): void {
    if (++this.#arrived >= this.#expected) this.#open(this.#latest)
  }
}

export type DrainTo = (newest: number) => Promise<number>

/** Runs jobs that end with their input side by side: when the last has read all, the time of each goes to the newest of any. */
export async function together(count: number, run: (drainTo: DrainTo, index: number) => Promise<void>): Promise<void> {
  const meeting = new Meeting(count)
  const one = async (index: number) => {
    let met = false
    const drainTo = (newest: number) => {
      met = true
      return meeting.arrive(newest)
    }
    try {
      await run(drainTo, index)
    } finally {
      if (!met) meeting.miss()
    }
  }
  const done = await Promise.allSettled(Array.from({ length: count }, (_, i) => one(i)))
  const failed = done.find((each) => each.status === 'rejected')
  if (failed) throw failed.reason
}
